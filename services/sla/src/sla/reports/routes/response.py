"""The report on response and resolution times, as percentiles."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Refers, ResponseModel, Transaction, router
from sla.agreements.domain.agreement import Contract
from sla.reports.domain.percentiles import Times
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
from sla.reports.store import histograms

routes = router("/v1/reports/response", tags=["reports"])

TimedMetric = Literal[
    "first_response", "next_reply", "update", "workaround", "resolution", "lifetime"
]
ResponseTimeGroup = Literal["customer", "service", "priority", "kind", "agreement"]
PERCENTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class ResponseTimeFigures(ResponseModel):
    """In seconds. The mean is exact; the error of percentiles is below 5 %, as they come from a
    histogram whose buckets grow by a tenth."""

    ended: int
    mean_seconds: int | None
    p50_seconds: int | None
    p75_seconds: int | None
    p90_seconds: int | None
    p95_seconds: int | None
    p99_seconds: int | None


class ResponseTimeRow(ReportRow, ResponseTimeFigures):
    pass


class ResponseTimeReport(ReportBase):
    metric: str
    total: ResponseTimeFigures
    rows: list[ResponseTimeRow]


@routes.get("")
async def get_response_time_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("promises:read")],
    query: Annotated[ReportQuery, Depends()],
    group_by: Annotated[ResponseTimeGroup | None, Query()] = None,
    metric: Annotated[
        TimedMetric,
        Query(
            description="Counted working time of the clocks that stopped; of several cycles the longest. `lifetime`: elapsed time from opening to resolution of every ticket, with or without a promise."
        ),
    ] = "first_response",
    agreement: Annotated[
        str | None, Query(max_length=100, description="By key."), Refers("agreement")
    ] = None,
    contract: Annotated[
        Contract, Query(description="Customers get `sla`, partners always `uc`.")
    ] = "sla",
) -> ResponseTimeReport:
    """Report percentiles of response and resolution times, of the clocks that stopped in the
    period."""
    resolved = await resolve_query(tx, caller, query, group_by)
    readable = contract_for(caller, contract)
    is_lifetime = metric == "lifetime"
    hidden = resolved.hidden or readable is None or (is_lifetime and caller.partner is not None)
    figures_query = resolved.with_filters(
        {"metric": metric, "agreement": agreement, "contract": "" if is_lifetime else readable}
    )
    counted = {} if hidden else await fetch_bounded(histograms.times, tx, figures_query)
    total: Times = sum(counted.values(), Times({}))
    return ResponseTimeReport(
        **report_fields(resolved),
        metric=metric,
        total=ResponseTimeFigures(**_figures(total)),
        rows=[_row(*row) for row in expand_rows(counted, figures_query, Times({}))],
    )


def _row(group: str | None, step: Period, times: Times) -> ResponseTimeRow:
    return ResponseTimeRow(group=group, starts_on=step.since, ends_on=step.until, **_figures(times))


def _figures(times: Times) -> dict[str, Any]:
    percentiles = zip(PERCENTILES, times.percentiles([*PERCENTILES.values()]), strict=True)
    fields = {f"{name}_seconds": _round_seconds(seconds) for name, seconds in percentiles}
    return {"ended": times.ended, "mean_seconds": _round_seconds(times.mean), **fields}


def _round_seconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
