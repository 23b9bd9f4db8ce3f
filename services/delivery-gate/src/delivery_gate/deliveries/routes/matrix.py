"""`GET /v1/delivery-matrix`: what of each product runs on each environment, and what is on its way there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, Refers, ResponseModel, Transaction, router
from delivery_gate.deliveries.domain.delivery import DeliveryState
from delivery_gate.deliveries.store import matrix
from delivery_gate.deliveries.store.matrix import OpenDelivery, Runs
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Environment, EnvironmentState
from delivery_gate.fields import ProductFilter

routes = router("/v1/delivery-matrix", ["deliveries"])

CustomerFilter = Annotated[str | None, Query(max_length=200), Refers("customer")]


class MatrixDelivery(ResponseModel):
    """A delivery that has not ended; `version` is null for a request without one."""

    key: str
    version: str | None
    state: DeliveryState
    requested_by: str
    requested_at: datetime


class MatrixCell(ResponseModel):
    """One product on one environment.

    `digest` runs there, under the name `version` where one is registered, since `delivered_at` where it came by
    a delivery; null: none of it runs. `deliveries` have not ended, the oldest first.
    """

    product: str
    digest: str | None
    version: str | None
    delivered_at: datetime | None
    deliveries: list[MatrixDelivery]


class MatrixRow(ResponseModel):
    """One environment with the products that run there or are on their way; others have no cell."""

    environment: str
    customer: str
    tier: str
    state: EnvironmentState
    debt_due_at: datetime | None
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
    running, opened = await matrix.load_running(tx, rows), await matrix.load_open(tx, rows)
    return page.page_of(
        rows,
        lambda one: _to_row(one, running.get(one.id, {}), opened.get(one.id, {}), product),
        lambda one: (one.key,),
    )


def _to_row(
    environment: Environment,
    running: Mapping[str, Runs],
    opened: Mapping[str, Sequence[OpenDelivery]],
    product: str | None,
) -> MatrixRow:
    return MatrixRow(
        environment=environment.key,
        customer=environment.customer,
        tier=environment.tier,
        state=environment.state,
        debt_due_at=None if environment.debt is None else environment.debt.due_at,
        cells=[
            _to_cell(key, running.get(key), opened.get(key, ()))
            for key in sorted({*running, *opened})
            if product in {None, key}
        ],
    )


def _to_cell(product: str, runs: Runs | None, opened: Sequence[OpenDelivery]) -> MatrixCell:
    return MatrixCell(
        product=product,
        digest=None if runs is None else runs.digest,
        version=None if runs is None else runs.version,
        delivered_at=None if runs is None else runs.delivered_at,
        deliveries=[MatrixDelivery.model_validate(one) for one in opened],
    )
