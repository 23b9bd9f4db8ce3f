"""Environments: what runs there, what they owe, and what monitors see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router, set_etag
from common.persistence.database import Transaction, transaction_time
from delivery_gate.deliveries.commands import CommandContext
from delivery_gate.denials import actor_of
from delivery_gate.environments import store
from delivery_gate.environments.commands import record_observation
from delivery_gate.environments.domain import Environment, EnvironmentState
from delivery_gate.fields import Line, PathReference
from delivery_gate.versions import store as versions

routes = router("/v1/environments", ["environments"])

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class ObservationCreate(RequestModel):
    """`digest` null: the product runs, and nobody can say what it is."""

    product: Line
    digest: Digest | None


class DebtRead(ResponseModel):
    """`change`: the emergency change that a delivered version has to contain by `due_at`."""

    change_id: UUID
    change: str
    started_at: datetime
    due_at: datetime
    overdue_since: datetime | None


class DriftRead(ResponseModel):
    product: str
    digest: str | None
    started_at: datetime


class EnvironmentRead(ResponseModel):
    """`running`: per product the digest that was last delivered and verified."""

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: str
    state: EnvironmentState
    running: Mapping[str, str]
    debt: DebtRead | None
    drift: DriftRead | None


@routes.get("")
async def list_environments(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("environments:read")],
) -> Page[EnvironmentRead]:
    """In the order of their keys; a customer's contact sees the own ones, in the portal, too."""
    after = page.after_as(str)
    rows = await store.page(tx, caller.customer, after[0] if after else None, page.limit + 1)
    items = [EnvironmentRead.model_validate(one) for one in rows[: page.limit]]
    return Page(items=items, next=encode_cursor(items[-1].key) if len(rows) > page.limit else None)


@routes.get("/{ref}")
async def get_environment(
    ref: PathReference,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("environments:read")],
) -> EnvironmentRead:
    """What is not the caller's does not exist for them."""
    environment = await store.find(tx, ref)
    if environment is None or not caller.can_see(environment.customer):
        raise NotFound(f"Environment {ref}")
    set_etag(response, environment.sequence)
    return EnvironmentRead.model_validate(environment)


@routes.post("/{ref}/observations", status_code=201)
async def report_observation(
    ref: PathReference,
    body: ObservationCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("environments:report")],
) -> EnvironmentRead:
    """Say what runs. What nothing explains is drift: investigated, and nothing is accepted (G10)."""
    environment: Environment | None = await store.find(tx, ref, lock=True)
    if environment is None:
        raise NotFound(f"Environment {ref}")
    if await versions.get_product(tx, body.product) is None:
        raise ValidationFailed([Violation("/product", "unknown", "register this product first")])
    context = CommandContext(tx, environment, actor_of(caller), await transaction_time(tx))
    return EnvironmentRead.model_validate(
        await record_observation(context, body.product, body.digest)
    )
