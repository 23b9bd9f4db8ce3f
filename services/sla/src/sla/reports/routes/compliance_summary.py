"""How many promises were kept: raw, and adjusted for breaches that the GM had approved (R2)."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Instant, ResponseModel, router
from common.persistence.database import Transaction, transaction_time
from sla.clocks.store import clock_queue as queue
from sla.reports.domain.compliance import Compliance

routes = router("/v1/reports/customer-compliance", tags=["reports"])


class FiguresTold(ResponseModel):
    """`raw` and `adjusted` are shares from 0 to 1; null where nothing came to an outcome."""

    met: int
    breached: int
    waived: int
    total: int
    raw: float | None
    adjusted: float | None


class MetricTold(FiguresTold):
    metric: str


class CustomerTold(FiguresTold):
    customer: str
    metrics: list[MetricTold]


class ComplianceTold(FiguresTold):
    starts_at: datetime
    ends_at: datetime
    customers: list[CustomerTold]


@routes.get("")
async def show_compliance(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Not included.")] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
) -> ComplianceTold:
    """Promises that were met or broke within the time; without one, the present month in UTC."""
    now = await transaction_time(tx)
    begin = since or now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = until or max(now, begin) + timedelta(microseconds=1)  # what ended just now, too
    if end < begin:
        raise ValidationFailed([Violation("/query/to", "order", "give an instant after `from`")])
    wanted = caller.customer or customer
    hidden = customer is not None and not caller.can_see(customer)
    found = [] if hidden else await queue.compliance(tx, begin, end, wanted)
    by_customer: dict[str, list[tuple[str, Compliance]]] = {}
    for key, metric, counted in found:
        by_customer.setdefault(key, []).append((metric, counted))
    return ComplianceTold(
        **figures(sum((counted for _, _, counted in found), Compliance())),
        starts_at=begin,
        ends_at=end,
        customers=[_customer(key, counted) for key, counted in by_customer.items()],
    )


def _customer(key: str, counted: list[tuple[str, Compliance]]) -> CustomerTold:
    together = sum((one for _, one in counted), Compliance())
    metrics = [MetricTold(metric=metric, **figures(one)) for metric, one in counted]
    return CustomerTold(customer=key, metrics=metrics, **figures(together))


def figures(counted: Compliance) -> dict[str, Any]:
    names = FiguresTold.model_fields
    return {name: getattr(counted, name) for name in names}
