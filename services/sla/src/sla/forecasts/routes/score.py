"""How good the forecasts were: in figures, and as a picture."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Response

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements.domain.agreement import Metric
from sla.forecasts.chart import calibration
from sla.forecasts.domain.score import Score, Tally, score
from sla.forecasts.store import scores

routes = router("/v1/forecasts", tags=["forecasts"])

USUAL = timedelta(days=90)
LONGEST = timedelta(days=3660)
FIRST = date(1970, 1, 1)
LAST = date(2200, 1, 1)

Day = Annotated[date, Query(ge=FIRST, le=LAST)]


class BinTold(ResponseModel):
    """Forecasts between `from_probability` and `to_probability`: their mean, and what came, with
    the interval in which the true share lies 19 times of 20."""

    from_probability: float
    to_probability: float
    forecasts: int
    forecast: float
    observed: float
    low: float
    high: float


class FiguresTold(ResponseModel):
    """`brier`: 0 perfect, 0.25 a coin. `skill`: 1 perfect, 0 no better than the usual share.
    `reliability`: mean squared distance of forecast and outcome per bin, 0 is calibrated."""

    forecasts: int
    breached: int
    brier: float | None
    skill: float | None
    reliability: float | None


class QuarterTold(FiguresTold):
    """Of forecasts made when this share of the target was first seen used up."""

    used: float


class ScoreTold(FiguresTold):
    """Days are those (in UTC) on which the promises came out, both included."""

    starts_on: date
    ends_on: date
    metric: Metric | None
    bins: list[BinTold]
    by_age: list[QuarterTold]


@routes.get("/score")
async def show_score(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included.")] = None,
    metric: Annotated[Metric | None, Query()] = None,
) -> ScoreTold:
    """Forecasts joined with how their promises came out; without days, the last ninety."""
    first, last = await _days(tx, since, until)
    found = await scores.tallies(tx, first, last, metric)
    by_quarter: dict[int, list[Tally]] = {}
    for quarter, tally in found:
        by_quarter.setdefault(quarter, []).append(tally)
    together = score(tally for _, tally in found)
    return ScoreTold(
        **_figures(together),
        starts_on=first,
        ends_on=last,
        metric=metric,
        bins=[_bin(one) for one in together.bins],
        by_age=[
            QuarterTold(used=quarter / 4, **_figures(score(tallies)))
            for quarter, tallies in sorted(by_quarter.items())
        ],
    )


@routes.get(
    "/score.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The picture."}},
)
async def draw_score(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included.")] = None,
    metric: Annotated[Metric | None, Query()] = None,
) -> Response:
    """The calibration: what was forecast against what came."""
    first, last = await _days(tx, since, until)
    found = score(tally for _, tally in await scores.tallies(tx, first, last, metric))
    about = metric.replace("_", " ") if metric else "all promises"
    drawn = calibration(found, f"Forecasts of {about}, {first} to {last}")
    return Response(drawn, media_type="image/svg+xml")


async def _days(tx: Connection, since: date | None, until: date | None) -> tuple[date, date]:
    last = until or max((await transaction_time(tx)).date(), since or FIRST)
    first = since or last - USUAL
    if not timedelta(0) <= last - first <= LONGEST:
        wrong = "give a day that is not before `from`, at most ten years after it"
        raise ValidationFailed([Violation("/query/to", "order", wrong)])
    return first, last


def _figures(found: Score) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FiguresTold.model_fields}


def _bin(one: Tally) -> BinTold:
    low, high = one.interval
    return BinTold(
        from_probability=one.bin / 10,
        to_probability=(one.bin + 1) / 10,
        forecasts=one.forecasts,
        forecast=one.forecast,
        observed=one.observed,
        low=low,
        high=high,
    )
