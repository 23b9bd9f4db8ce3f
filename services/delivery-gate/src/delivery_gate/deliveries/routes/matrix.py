"""`GET /v1/delivery-matrix`: what of each product runs on each environment, and what is on its way there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, Refers, ResponseModel, Transaction, router
from delivery_gate.deliveries.domain.delivery import DeliveryState
from delivery_gate.deliveries.store import matrix
from delivery_gate.deliveries.store.matrix import Hold, OpenDelivery, Runs
from delivery_gate.emergencies.store import blockers
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Environment, EnvironmentState
from delivery_gate.environments.schemas import DebtRead, DriftRead
from delivery_gate.fields import ProductFilter
from delivery_gate.follow_ups.domain import FollowUpState

routes = router("/v1/delivery-matrix", ["deliveries"])

CustomerFilter = Annotated[str | None, Query(max_length=200), Refers("customer")]


class MatrixDelivery(ResponseModel):
    """A delivery that has not ended; `version` is null for a request without one."""

    key: str
    version: str | None
    state: DeliveryState
    requested_by: str
    requested_at: datetime


class MatrixHold(ResponseModel):
    """A version that was refused here and that is delivered nowhere until `follow_up` is confirmed."""

    follow_up: str
    version: str | None
    state: FollowUpState


class MatrixCell(ResponseModel):
    """One product on one environment.

    `digest` runs there, under the name `version` where one is registered, since `delivered_at` where it came by
    a delivery; null: none of it runs. `deliveries` have not ended, the oldest first. `holds`: versions that were
    refused here and are not followed up yet.
    """

    product: str
    digest: str | None
    version: str | None
    delivered_at: datetime | None
    deliveries: list[MatrixDelivery]
    holds: list[MatrixHold]


class MatrixRow(ResponseModel):
    """One environment with the products that run there, are on their way or were refused; others have no cell.

    With a `debt` it takes only a version that contains that change, with a `drift` none until what runs there is
    explained. `blockers`: tickets that permit a hotfix there.
    """

    environment: str
    customer: str
    tier: str
    state: EnvironmentState
    debt_due_at: datetime | None
    debt: DebtRead | None
    drift: DriftRead | None
    blockers: list[str]
    cells: list[MatrixCell]


@routes.get("")
async def list_delivery_matrix(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    customer: CustomerFilter = None,
    product: ProductFilter = None,
) -> Page[MatrixRow]:
    """List environments by key, each with what of every product runs there and what is on its way."""
    after: Any = page.after_as(str)
    rows = await environments.page(tx, customer, after, page.limit)
    known = _Known(
        await matrix.load_running(tx, rows),
        await matrix.load_open(tx, rows),
        await matrix.load_holds(tx, rows),
        await blockers.load_open(tx, [one.id for one in rows]),
    )
    return page.page_of(rows, lambda one: _to_row(one, known, product), lambda one: (one.key,))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the environments of a page, by their ids and then by product; tickets by their keys."""

    running: Mapping[UUID, Mapping[str, Runs]]
    opened: Mapping[UUID, Mapping[str, Sequence[OpenDelivery]]]
    holds: Mapping[UUID, Mapping[str, Sequence[Hold]]]
    blockers: Mapping[UUID, list[str]]


def _to_row(environment: Environment, known: _Known, product: str | None) -> MatrixRow:
    running = known.running.get(environment.id, {})
    opened = known.opened.get(environment.id, {})
    holds = known.holds.get(environment.id, {})
    debt, drift = environment.debt, environment.drift
    return MatrixRow(
        environment=environment.key,
        customer=environment.customer,
        tier=environment.tier,
        state=environment.state,
        debt_due_at=None if debt is None else debt.due_at,
        debt=None if debt is None else DebtRead.model_validate(debt),
        drift=None if drift is None else DriftRead.model_validate(drift),
        blockers=known.blockers.get(environment.id, []),
        cells=[
            _to_cell(key, running.get(key), opened.get(key, ()), holds.get(key, ()))
            for key in sorted({*running, *opened, *holds})
            if product in {None, key}
        ],
    )


def _to_cell(
    product: str, runs: Runs | None, opened: Sequence[OpenDelivery], holds: Sequence[Hold]
) -> MatrixCell:
    return MatrixCell(
        product=product,
        digest=None if runs is None else runs.digest,
        version=None if runs is None else runs.version,
        delivered_at=None if runs is None else runs.delivered_at,
        deliveries=[MatrixDelivery.model_validate(one) for one in opened],
        holds=[MatrixHold.model_validate(one) for one in holds],
    )
