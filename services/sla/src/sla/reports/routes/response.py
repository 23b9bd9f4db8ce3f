"""How long it took: percentiles of the counted time until the response, or the resolution."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, router
from common.persistence.database import Transaction
from sla.agreements.domain.agreement import Contract
from sla.reports.domain.percentiles import Times
from sla.reports.domain.period import Period
from sla.reports.query import Asked, ReportTold, RowTold, asking, bounded, laid_out, told
from sla.reports.store import histograms

routes = router("/v1/reports/response", tags=["reports"])

Timed = Literal["first_response", "next_reply", "update", "workaround", "resolution", "lifetime"]
TimedGroup = Literal["customer", "service", "priority", "kind", "agreement"]
SHARES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class TimesFigures(ResponseModel):
    """In seconds. `mean` is exact; percentiles are off by less than 5 %: they come from a histogram
    whose buckets grow by a tenth."""

    ended: int
    mean_seconds: int | None
    p50_seconds: int | None
    p75_seconds: int | None
    p90_seconds: int | None
    p95_seconds: int | None
    p99_seconds: int | None


class TimesRow(RowTold, TimesFigures):
    pass


class ResponseTold(ReportTold):
    metric: str
    total: TimesFigures
    rows: list[TimesRow]


@routes.get("")
async def report_response(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    asked: Annotated[Asked, Depends()],
    group_by: Annotated[TimedGroup | None, Query()] = None,
    metric: Annotated[
        Timed,
        Query(
            description="Counted working time of the clocks that stopped; of several cycles the"
            " longest. `elapsed`: from opening to resolution by the clock on the wall, of every"
            " ticket, promised or not."
        ),
    ] = "first_response",
    agreement: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    contract: Annotated[Contract, Query(description="Other than `sla`: staff only.")] = "sla",
) -> ResponseTold:
    """Percentiles of how long clocks took that stopped in the period."""
    found = await asking(tx, caller, asked, group_by)
    hidden = found.hidden or (caller.customer is not None and contract != "sla")
    under = "" if metric == "lifetime" else contract
    question = found.narrowed({"metric": metric, "agreement": agreement, "contract": under})
    counted = {} if hidden else await bounded(histograms.times, tx, question)
    total: Times = sum(counted.values(), Times({}))
    return ResponseTold(
        **told(found),
        metric=metric,
        total=TimesFigures(**_figures(total)),
        rows=[_row(*row) for row in laid_out(counted, question, Times({}))],
    )


def _row(group: str | None, step: Period, times: Times) -> TimesRow:
    return TimesRow(group=group, starts_on=step.since, ends_on=step.until, **_figures(times))


def _figures(times: Times) -> dict[str, Any]:
    found = zip(SHARES, times.percentiles([*SHARES.values()]), strict=True)
    shares = {f"{name}_seconds": _whole(seconds) for name, seconds in found}
    return {"ended": times.ended, "mean_seconds": _whole(times.mean), **shares}


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
