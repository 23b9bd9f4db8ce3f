"""Asking for a version to be brought to an environment, and reading what became of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.events.deliveries import DeliveryDeferred, DeliveryRefused, DeliverySubmitted
from common.http import Asked, Page, Paging, cursor, router, set_etag
from common.messaging.outbox import announce
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import Scene, expect_patience, record_judged, record_new
from delivery_gate.deliveries.domain.delivery import Delivery, DeliveryState, Judged, evaluate
from delivery_gate.deliveries.domain.evaluation import Facts
from delivery_gate.deliveries.schemas import DeliveryTold, told, told_all
from delivery_gate.deliveries.store import deliveries as store
from delivery_gate.deliveries.store.evaluation_input import facts
from delivery_gate.denials import by
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Environment
from delivery_gate.fields import Line, Link, Said
from delivery_gate.keys import next_key
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Reference

routes = router("/v1/deliveries", ["deliveries"])

Item = Literal[
    "customer_communication",
    "rollback_plan",
    "stakeholder_approvals",
    "documentation",
    "knowledge_session",
]


class DeliveryAsked(Asked):
    """`version`: the registered name; without one the request is judged, and refused, as it is.

    `readiness`: per item where its proof is (R8). `lifecycle` hotfix is for an environment with an
    open Blocker or a debt (G7).
    """

    product: Line
    version: Annotated[str, Field(max_length=200)] | None = None
    digest: Annotated[str, Field(max_length=200)] | None = None
    environment: Line
    lifecycle: Lifecycle = "standard"
    readiness: dict[Item, Link] = Field(default_factory=dict)


@routes.post("", status_code=201)
async def submit(
    asked: DeliveryAsked,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("deliveries:submit")],
) -> DeliveryTold:
    """Ask for a delivery. Answers 201 with the verdict, also where that is a refusal: it is on
    record then, open to QC, and its follow-ups hold the version."""
    environment = await environments.find(tx, asked.environment, lock=True)
    await _both_known(tx, asked, environment)
    assert environment is not None
    scene = Scene(tx, environment, by(caller), await moment(tx))
    wanted = Reference(asked.product, asked.version, asked.digest)
    known = await facts(tx, wanted, environment)
    request = Delivery(
        id=uuid7(),
        key=await next_key(tx, "DEL"),
        wanted=wanted,
        environment=environment.key,
        lifecycle=asked.lifecycle,
        readiness={item: link for item, link in asked.readiness.items()},
        attempt=await store.next_attempt(tx, environment.id, wanted),
        requested_by=caller.sub,
        requested_at=scene.at,
    )
    kept = await _record(scene, evaluate(request, known, scene.at), known)
    response.headers["Location"] = f"/v1/deliveries/{kept.id}"
    set_etag(response, kept.sequence)
    return await told(tx, kept)


async def _both_known(
    tx: Connection, asked: DeliveryAsked, environment: Environment | None
) -> None:
    wrong = []
    if await versions.product(tx, asked.product) is None:
        wrong.append(Violation("/product", "unknown", "register this product first"))
    if environment is None:
        wrong.append(Violation("/environment", "unknown", "there is no such environment"))
    if wrong:
        raise Invalid(wrong)


async def _record(scene: Scene, judged: Judged, known: Facts) -> Delivery:
    """The request first, then what was said about it; accepted says nothing more."""
    await record_new(scene, judged.delivery, counted=not judged.verdict.turned_away)
    submitted, event = events.of_delivery(
        DeliverySubmitted, judged.delivery, scene.environment, scene.at, scene.by.sub
    )
    await announce(scene.tx, event)
    await expect_patience(scene.tx, submitted, scene.at + known.criteria.patience)
    next_event = {"refused": DeliveryRefused, "deferred": DeliveryDeferred}.get(
        judged.verdict.outcome
    )
    said = Judged(submitted, judged.verdict)
    return await record_judged(scene, said, next_event, "delivery.submit", known.follow_ups)


@routes.get("")
async def list_deliveries(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
    product: Annotated[str | None, Query(max_length=200)] = None,
    state: DeliveryState | None = None,
) -> Page[DeliveryTold]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    narrowed = store.Narrowed(environment, product, state)
    found = await store.page(tx, narrowed, after, page.limit + 1)
    items = await told_all(tx, found[: page.limit])
    more = len(found) > page.limit
    return Page(items=items, next=cursor(items[-1].requested_at, items[-1].id) if more else None)


@routes.get("/{ref}")
async def get_delivery(
    ref: Said,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("deliveries:read")],
) -> DeliveryTold:
    delivery = await store.find(tx, ref)
    if delivery is None:
        raise NotFound(f"Delivery {ref}")
    set_etag(response, delivery.sequence)
    return await told(tx, delivery)
