"""How many promises were kept: per customer, service, priority, kind, metric, or contract (R2, R13)."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.events.clocks import Metric
from common.http import router
from common.persistence.database import Transaction
from sla.agreements.domain.agreement import Contract
from sla.reports.domain.compliance import Compliance
from sla.reports.domain.period import Period
from sla.reports.query import Asked, ReportTold, RowTold, asking, bounded, laid_out, told
from sla.reports.routes.compliance_summary import FiguresTold, figures
from sla.reports.store import reports

routes = router("/v1/reports/compliance", tags=["reports"])

ClockGroup = Literal["customer", "service", "priority", "kind", "metric", "contract", "agreement"]


class ComplianceRow(RowTold, FiguresTold):
    pass


class ComplianceReport(ReportTold):
    total: FiguresTold
    rows: list[ComplianceRow]


@routes.get("")
async def report_compliance(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    asked: Annotated[Asked, Depends()],
    group_by: Annotated[ClockGroup | None, Query()] = None,
    metric: Annotated[Metric | None, Query()] = None,
    agreement: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    contract: Annotated[
        Contract, Query(description="`uc`: partners; `ola`: our own teams. Staff only.")
    ] = "sla",
) -> ComplianceReport:
    """Clocks by the day on which they were met or broke; raw, and adjusted for waivers."""
    found = await asking(tx, caller, asked, group_by)
    # What is agreed inside the house and with partners does not exist for customers.
    hidden = found.hidden or (caller.customer is not None and contract != "sla")
    question = found.narrowed({"metric": metric, "agreement": agreement, "contract": contract})
    counted = {} if hidden else await bounded(reports.compliance, tx, question)
    total: Compliance = sum(counted.values(), Compliance())
    return ComplianceReport(
        **told(found),
        total=FiguresTold(**figures(total)),
        rows=[_row(*row) for row in laid_out(counted, question, Compliance())],
    )


def _row(group: str | None, step: Period, counted: Compliance) -> ComplianceRow:
    return ComplianceRow(group=group, starts_on=step.since, ends_on=step.until, **figures(counted))
