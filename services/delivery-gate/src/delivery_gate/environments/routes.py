"""Environments: what runs there, what they owe, and what monitors see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.http import Asked, Page, Paging, Told, cursor, router, set_etag
from common.persistence.database import Transaction, moment
from delivery_gate.deliveries.commands import Scene
from delivery_gate.denials import by
from delivery_gate.environments import store
from delivery_gate.environments.commands import observed
from delivery_gate.environments.domain import Environment, EnvironmentState
from delivery_gate.fields import Line, Said
from delivery_gate.versions import store as versions

routes = router("/v1/environments", ["environments"])

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class ObservationAsked(Asked):
    """`digest` null: the product runs, and nobody can say what it is."""

    product: Line
    digest: Digest | None


class DebtTold(Told):
    """`change`: the emergency change that a delivered version has to contain by `due_at`."""

    change_id: UUID
    change: str
    since: datetime
    due_at: datetime
    overdue_since: datetime | None


class DriftTold(Told):
    product: str
    digest: str | None
    since: datetime


class EnvironmentTold(Told):
    """`running`: per product the digest that was last delivered and verified."""

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: str
    state: EnvironmentState
    running: Mapping[str, str]
    debt: DebtTold | None
    drift: DriftTold | None


@routes.get("")
async def list_environments(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("environments:read")],
) -> Page[EnvironmentTold]:
    """In the order of their keys; a customer's contact sees the own ones, in the portal, too."""
    after = page.after_as(str)
    found = await store.page(tx, caller.customer, after[0] if after else None, page.limit + 1)
    items = [EnvironmentTold.model_validate(one) for one in found[: page.limit]]
    return Page(items=items, next=cursor(items[-1].key) if len(found) > page.limit else None)


@routes.get("/{ref}")
async def get_environment(
    ref: Said,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("environments:read")],
) -> EnvironmentTold:
    """What is not the caller's does not exist for them."""
    environment = await store.find(tx, ref)
    if environment is None or not caller.sees(environment.customer):
        raise NotFound(f"Environment {ref}")
    set_etag(response, environment.sequence)
    return EnvironmentTold.model_validate(environment)


@routes.post("/{ref}/observations", status_code=201)
async def report_observation(
    ref: Said,
    asked: ObservationAsked,
    tx: Transaction,
    caller: Annotated[Caller, needs("environments:report")],
) -> EnvironmentTold:
    """Say what runs. What nothing explains is drift: investigated, and nothing is accepted (G10)."""
    environment: Environment | None = await store.find(tx, ref, lock=True)
    if environment is None:
        raise NotFound(f"Environment {ref}")
    if await versions.product(tx, asked.product) is None:
        raise Invalid([Violation("/product", "unknown", "register this product first")])
    scene = Scene(tx, environment, by(caller), await moment(tx))
    return EnvironmentTold.model_validate(await observed(scene, asked.product, asked.digest))
