"""The report on compliance: how many promises were met (R2, R13)."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.events.clocks import Metric
from common.http import Refers, Transaction, router
from sla.agreements.domain.agreement import Contract
from sla.clocks.domain.compliance import Compliance
from sla.reports.domain.report_period import Period
from sla.reports.query import (
    ReportBase,
    ReportQuery,
    ReportRow,
    contract_for,
    expand_rows,
    fetch_bounded,
    report_fields,
    resolve_query,
)
from sla.reports.schemas import ComplianceFigures, to_figures
from sla.reports.store import reports

routes = router("/v1/reports/compliance", tags=["reports"])

ClockGroup = Literal["customer", "service", "priority", "kind", "metric", "contract", "agreement"]


class ComplianceRow(ReportRow, ComplianceFigures):
    pass


class ComplianceReport(ReportBase):
    total: ComplianceFigures
    rows: list[ComplianceRow]


@routes.get("")
async def get_compliance_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("promises:read")],
    query: Annotated[ReportQuery, Depends()],
    group_by: Annotated[ClockGroup | None, Query()] = None,
    metric: Annotated[Metric | None, Query()] = None,
    agreement: Annotated[
        str | None, Query(max_length=100, description="By key."), Refers("agreement")
    ] = None,
    contract: Annotated[
        Contract,
        Query(description="`uc`: partners; `ola`: our own teams. Partners always get `uc`."),
    ] = "sla",
) -> ComplianceReport:
    """Report compliance, raw and adjusted for waivers. A clock counts on the day on which it was met
    or breached."""
    resolved = await resolve_query(tx, caller, query, group_by)
    readable = contract_for(caller, contract)
    hidden = resolved.hidden or readable is None
    figures_query = resolved.with_filters(
        {"metric": metric, "agreement": agreement, "contract": readable}
    )
    counted = {} if hidden else await fetch_bounded(reports.compliance, tx, figures_query)
    total: Compliance = sum(counted.values(), Compliance())
    return ComplianceReport(
        **report_fields(resolved),
        total=ComplianceFigures(**to_figures(total)),
        rows=[_row(*row) for row in expand_rows(counted, figures_query, Compliance())],
    )


def _row(group: str | None, step: Period, counted: Compliance) -> ComplianceRow:
    return ComplianceRow(
        group=group, starts_on=step.since, ends_on=step.until, **to_figures(counted)
    )
