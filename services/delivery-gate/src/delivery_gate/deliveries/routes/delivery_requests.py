"""Asking for a version to be brought to an environment, and reading what became of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.events.deliveries import DeliveryDeferred, DeliveryRefused, DeliverySubmitted
from common.http import Page, Paging, RequestModel, encode_cursor, router, set_etag
from common.messaging.outbox import publish
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import (
    CommandContext,
    save_new,
    save_verdict,
    schedule_approval_timeout,
)
from delivery_gate.deliveries.domain.delivery import (
    Delivery,
    DeliveryState,
    Evaluation,
    evaluate_delivery,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.schemas import DeliveryRead, to_response, to_responses
from delivery_gate.deliveries.store import deliveries as store
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.denials import actor_of
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Environment
from delivery_gate.fields import Line, Link, PathReference
from delivery_gate.keys import next_key
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Reference

routes = router("/v1/deliveries", ["deliveries"])

ReadinessItem = Literal[
    "customer_communication",
    "rollback_plan",
    "stakeholder_approvals",
    "documentation",
    "knowledge_session",
]


class DeliveryCreate(RequestModel):
    """`version`: the registered name; without one the request is judged, and refused, as it is.

    `readiness`: per item where its proof is (R8). `lifecycle` hotfix is for an environment with an
    open Blocker or a debt (G7).
    """

    product: Line
    version: Annotated[str, Field(max_length=200)] | None = None
    digest: Annotated[str, Field(max_length=200)] | None = None
    environment: Line
    lifecycle: Lifecycle = "standard"
    readiness: dict[ReadinessItem, Link] = Field(default_factory=dict)


@routes.post("", status_code=201)
async def submit_delivery(
    body: DeliveryCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:submit")],
) -> DeliveryRead:
    """Ask for a delivery. Answers 201 with the verdict, also where that is a refusal: it is on
    record then, open to QC, and its follow-ups hold the version."""
    environment = await environments.find(tx, body.environment, lock=True)
    await _check_references(tx, body, environment)
    assert environment is not None
    context = CommandContext(tx, environment, actor_of(caller), await transaction_time(tx))
    requested = Reference(body.product, body.version, body.digest)
    evaluation_input = await load_evaluation_input(tx, requested, environment)
    request = Delivery(
        id=uuid7(),
        key=await next_key(tx, "DEL"),
        requested=requested,
        environment=environment.key,
        lifecycle=body.lifecycle,
        readiness={item: link for item, link in body.readiness.items()},
        attempt=await store.next_attempt(tx, environment.id, requested),
        requested_by=caller.sub,
        requested_at=context.at,
    )
    stored = await _save_submission(
        context, evaluate_delivery(request, evaluation_input, context.at), evaluation_input
    )
    response.headers["Location"] = f"/v1/deliveries/{stored.id}"
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


async def _check_references(
    tx: Connection, body: DeliveryCreate, environment: Environment | None
) -> None:
    violations = []
    if await versions.get_product(tx, body.product) is None:
        violations.append(Violation("/product", "unknown", "register this product first"))
    if environment is None:
        violations.append(Violation("/environment", "unknown", "there is no such environment"))
    if violations:
        raise ValidationFailed(violations)


async def _save_submission(
    context: CommandContext, evaluation: Evaluation, evaluation_input: EvaluationInput
) -> Delivery:
    """The request first, then what was said about it; accepted says nothing more."""
    await save_new(context, evaluation.delivery, counted=not evaluation.verdict.held_by_follow_up)
    submitted, event = events.delivery_event(
        DeliverySubmitted, evaluation.delivery, context.environment, context.at, context.actor.sub
    )
    await publish(context.tx, event)
    await schedule_approval_timeout(
        context.tx, submitted, context.at + evaluation_input.criteria.approval_timeout
    )
    next_event = {"refused": DeliveryRefused, "deferred": DeliveryDeferred}.get(
        evaluation.verdict.outcome
    )
    submitted_evaluation = Evaluation(submitted, evaluation.verdict)
    return await save_verdict(
        context, submitted_evaluation, next_event, "delivery.submit", evaluation_input.follow_ups
    )


@routes.get("")
async def list_deliveries(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
    product: Annotated[str | None, Query(max_length=200)] = None,
    state: DeliveryState | None = None,
) -> Page[DeliveryRead]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    filters = store.DeliveryFilter(environment, product, state)
    rows = await store.page(tx, filters, after, page.limit + 1)
    items = await to_responses(tx, rows[: page.limit])
    more = len(rows) > page.limit
    return Page(
        items=items, next=encode_cursor(items[-1].requested_at, items[-1].id) if more else None
    )


@routes.get("/{ref}")
async def get_delivery(
    ref: PathReference,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> DeliveryRead:
    delivery = await store.find(tx, ref)
    if delivery is None:
        raise NotFound(f"Delivery {ref}")
    set_etag(response, delivery.sequence)
    return await to_response(tx, delivery)
