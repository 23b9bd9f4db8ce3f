"""The report on costs: hours of work, and their price by the rate card of the day."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from sla.reports.domain.report_period import Period
from sla.reports.query import (
    ReportBase,
    ReportQuery,
    ReportRow,
    expand_rows,
    fetch_bounded,
    report_fields,
    resolve_query,
)
from sla.reports.store import reports
from sla.time_entries.domain.costs import Costs

routes = router("/v1/reports/costs", tags=["reports"])

CostGroup = Literal["customer", "service", "priority", "kind", "rate"]


class AmountRead(ResponseModel):
    """`amount`: a decimal as text, such as 1234.50."""

    currency: str
    amount: str


class CostFigures(ResponseModel):
    """`unpriced_minutes`: those for which no rate card of the day has a rate."""

    minutes: int
    unpriced_minutes: int
    amounts: list[AmountRead]


class CostRow(ReportRow, CostFigures):
    pass


class CostReport(ReportBase):
    total: CostFigures
    rows: list[CostRow]


@routes.get("")
async def get_cost_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    query: Annotated[ReportQuery, Depends()],
    group_by: Annotated[CostGroup | None, Query()] = None,
) -> CostReport:
    """Report the costs of booked work: hours times the rate of the day. Customers see their own."""
    resolved = await resolve_query(tx, caller, query, group_by)
    counted = (
        {} if resolved.hidden else await fetch_bounded(reports.costs, tx, resolved.figures_query)
    )
    return CostReport(
        **report_fields(resolved),
        total=CostFigures(**_figures(sum(counted.values(), Costs()))),
        rows=[_row(*row) for row in expand_rows(counted, resolved.figures_query, Costs())],
    )


def _row(group: str | None, step: Period, costs: Costs) -> CostRow:
    return CostRow(group=group, starts_on=step.since, ends_on=step.until, **_figures(costs))


def _figures(costs: Costs) -> dict[str, Any]:
    amounts = [
        AmountRead(currency=currency, amount=format_amount(cents))
        for currency, cents in sorted(costs.amounts.items())
    ]
    return {"minutes": costs.minutes, "unpriced_minutes": costs.unpriced, "amounts": amounts}


def format_amount(cents: int) -> str:
    """Hundredths as a decimal: 123450 is 1234.50."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
