"""HTTP in: the accuracy of past forecasts, in figures and as a chart."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Response

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Metric
from sla.forecasts.chart import render_calibration_svg
from sla.forecasts.domain.score import Score, Tally, compute_score
from sla.forecasts.store import scores
from sla.rendering.theme_parameter import Theme

routes = router("/v1/forecasts", tags=["forecasts"])

DEFAULT_PERIOD = timedelta(days=90)
MAX_PERIOD = timedelta(days=3660)
MIN_DAY = date(1970, 1, 1)
MAX_DAY = date(2200, 1, 1)

Day = Annotated[date, Query(ge=MIN_DAY, le=MAX_DAY)]


class ScoreBinRead(ResponseModel):
    """Forecasts between `from_probability` and `to_probability`.

    `forecast` is their mean probability, `observed` the share that breached, `low` and `high` its
    95 % confidence interval."""

    from_probability: float
    to_probability: float
    forecasts: int
    forecast: float
    observed: float
    low: float
    high: float


class ScoreFiguresRead(ResponseModel):
    """`brier`: 0 is perfect, 0.25 is a coin toss. `skill`: 1 is perfect, 0 no better than the base
    rate. `reliability`: mean squared difference of forecast and outcome per bin, 0 is perfect."""

    forecasts: int
    breached: int
    brier: float | None
    skill: float | None
    reliability: float | None


class QuarterScoreRead(ScoreFiguresRead):
    """The score of the forecasts made when this share of the target was used up."""

    used: float


class ScoreRead(ScoreFiguresRead):
    """The score of forecasts whose promises were decided on these days (UTC), both included."""

    starts_on: date
    ends_on: date
    metric: Metric | None
    bins: list[ScoreBinRead]
    by_age: list[QuarterScoreRead]


@routes.get("/score")
async def get_score(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included.")] = None,
    metric: Annotated[Metric | None, Query()] = None,
) -> ScoreRead:
    """Get the score of past forecasts, by default of the last ninety days.

    The score compares forecasts with the outcomes of their promises.
    """
    first, last = await _resolve_days(tx, since, until)
    rows = await scores.list_tallies(tx, first, last, metric)
    by_quarter: dict[int, list[Tally]] = {}
    for quarter, tally in rows:
        by_quarter.setdefault(quarter, []).append(tally)
    overall = compute_score(tally for _, tally in rows)
    return ScoreRead(
        **_figures(overall),
        starts_on=first,
        ends_on=last,
        metric=metric,
        bins=[_bin_response(one) for one in overall.bins],
        by_age=[
            QuarterScoreRead(used=quarter / 4, **_figures(compute_score(tallies)))
            for quarter, tallies in sorted(by_quarter.items())
        ],
    )


@routes.get(
    "/score.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The chart."}},
)
async def get_score_svg(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included.")] = None,
    metric: Annotated[Metric | None, Query()] = None,
    theme: Theme = "light",
) -> Response:
    """Render the calibration of past forecasts as SVG: probabilities against observed shares."""
    first, last = await _resolve_days(tx, since, until)
    result = compute_score(tally for _, tally in await scores.list_tallies(tx, first, last, metric))
    subject = metric.replace("_", " ") if metric else "all promises"
    svg = render_calibration_svg(result, f"Forecasts of {subject}, {first} to {last}", theme)
    return Response(svg, media_type="image/svg+xml")


async def _resolve_days(
    tx: Connection, since: date | None, until: date | None
) -> tuple[date, date]:
    last = until or max((await transaction_time(tx)).date(), since or MIN_DAY)
    first = since or last - DEFAULT_PERIOD
    if not timedelta(0) <= last - first <= MAX_PERIOD:
        detail = "give a day that is not before `from`, at most ten years after it"
        raise ValidationFailed([Violation("/query/to", "order", detail)])
    return first, last


def _figures(result: Score) -> dict[str, Any]:
    return {name: getattr(result, name) for name in ScoreFiguresRead.model_fields}


def _bin_response(tally: Tally) -> ScoreBinRead:
    low, high = tally.interval
    return ScoreBinRead(
        from_probability=tally.bin / 10,
        to_probability=(tally.bin + 1) / 10,
        forecasts=tally.forecasts,
        forecast=tally.mean_forecast,
        observed=tally.observed,
        low=low,
        high=high,
    )
