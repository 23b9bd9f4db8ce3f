"""Compliance by customer: raw, and adjusted for breaches that the GM had approved (R2)."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Instant, Transaction, router
from common.persistence.database import transaction_time
from sla.clocks.domain.compliance import Compliance
from sla.clocks.store import clock_queue
from sla.directory.fields import CustomerFilter
from sla.reports.schemas import ComplianceFigures, to_figures

routes = router("/v1/reports/customer-compliance", tags=["reports"])


class MetricCompliance(ComplianceFigures):
    metric: str


class CustomerCompliance(ComplianceFigures):
    customer: str
    metrics: list[MetricCompliance]


class ComplianceSummary(ComplianceFigures):
    starts_at: datetime
    ends_at: datetime
    customers: list[CustomerCompliance]


@routes.get("")
async def get_compliance_summary(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Not included.")] = None,
    customer: CustomerFilter = None,
) -> ComplianceSummary:
    """Report compliance per customer: promises that were met or breached in the period, by default
    the present month in UTC."""
    now = await transaction_time(tx)
    starts_at = since or now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends_at = until or max(now, starts_at) + timedelta(microseconds=1)  # what ended just now, too
    if ends_at <= starts_at:
        raise ValidationFailed([Violation("/query/to", "order", "give an instant after `from`")])
    customer_key = caller.customer or customer
    hidden = customer is not None and not caller.can_see(customer)
    rows = [] if hidden else await clock_queue.compliance(tx, starts_at, ends_at, customer_key)
    by_customer: dict[str, list[tuple[str, Compliance]]] = {}
    for key, metric, counted in rows:
        by_customer.setdefault(key, []).append((metric, counted))
    return ComplianceSummary(
        **to_figures(sum((counted for _, _, counted in rows), Compliance())),
        starts_at=starts_at,
        ends_at=ends_at,
        customers=[_customer_compliance(key, counted) for key, counted in by_customer.items()],
    )


def _customer_compliance(key: str, counted: list[tuple[str, Compliance]]) -> CustomerCompliance:
    total = sum((one for _, one in counted), Compliance())
    metrics = [MetricCompliance(metric=metric, **to_figures(one)) for metric, one in counted]
    return CustomerCompliance(customer=key, metrics=metrics, **to_figures(total))
