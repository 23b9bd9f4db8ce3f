"""The report on response and resolution times, as percentiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Refers, ResponseModel, Transaction, router
from common.persistence.database import Connection
from sla.agreements.domain.agreement import Contract
from sla.reports.domain.percentiles import MeasuredTimes, Times
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
from sla.reports.store import exact_times, histograms
from sla.reports.store.reports import FiguresQuery, RowKey

routes = router("/v1/reports/response", tags=["reports"])

TimedMetric = Literal[
    "first_response", "next_reply", "update", "workaround", "resolution", "lifetime"
]
ResponseTimeGroup = Literal["customer", "service", "priority", "kind", "agreement"]
PERCENTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
SHARES = tuple(PERCENTILES.values())
NO_TIMES = MeasuredTimes(0, 0, (None,) * len(SHARES))


class ResponseTimeFigures(ResponseModel):
    """In seconds. The mean is exact. So are percentiles, each the time of one of those that ended, unless
    the report says `estimated`."""

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
    """`estimated`: more than 50,000 ended in the period, and percentiles come from a histogram whose buckets
    grow by a tenth; their error is below 5 %."""

    metric: str
    estimated: bool
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
    found = _Measured({}, NO_TIMES) if hidden else await _measure(tx, figures_query)
    return ResponseTimeReport(
        **report_fields(resolved),
        metric=metric,
        estimated=found.is_estimated,
        total=ResponseTimeFigures(**_figures(found.total)),
        rows=[_row(*row) for row in expand_rows(found.by_key, figures_query, NO_TIMES)],
    )


async def _measure(tx: Connection, query: FiguresQuery) -> "_Measured":
    """Read the histograms, which say how many there are; as far as these are few enough, measure each."""
    counted = await fetch_bounded(histograms.times, tx, query)
    total: Times = sum(counted.values(), Times({}))
    if total.ended > exact_times.MAX_EXACT:
        estimated = {key: times.estimate(SHARES) for key, times in counted.items()}
        return _Measured(estimated, total.estimate(SHARES), is_estimated=True)
    return _Measured(*await exact_times.measure(tx, query, SHARES))


@dataclass(frozen=True, slots=True)
class _Measured:
    by_key: Mapping[RowKey, MeasuredTimes]
    total: MeasuredTimes
    is_estimated: bool = False


def _row(group: str | None, step: Period, times: MeasuredTimes) -> ResponseTimeRow:
    return ResponseTimeRow(group=group, starts_on=step.since, ends_on=step.until, **_figures(times))


def _figures(times: MeasuredTimes) -> dict[str, Any]:
    percentiles = zip(PERCENTILES, times.percentiles, strict=True)
    fields = {f"{name}_seconds": _round_seconds(seconds) for name, seconds in percentiles}
    return {"ended": times.ended, "mean_seconds": _round_seconds(times.mean), **fields}


def _round_seconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
