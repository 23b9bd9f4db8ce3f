"""HTTP in: when usage will reach its limit, with a back-test, and as a chart."""

from datetime import UTC, date, timedelta
from typing import Annotated, Any

from fastapi import Response

from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import NotFound
from common.http import ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.capacity.chart import render_svg
from sla.capacity.domain.capacity_forecast import (
    MAX_BACK_TEST_ORIGINS,
    METHOD,
    WINDOW_DAYS,
    CapacityForecast,
    Peak,
    compute_forecast,
)
from sla.capacity.domain.series import Limit
from sla.capacity.routes.series import get_visible
from sla.capacity.store import capacity_forecasts, samples, series
from sla.capacity.store.series import StoredSeries
from sla.path_parameters import SeriesRef
from sla.rendering.theme_parameter import Theme

routes = router("/v1/series", tags=["capacity"])


class BackTestRead(ResponseModel):
    """Median absolute errors of the line and of the naive forecast "as it is today", in the
    series' unit."""

    horizon_days: int
    trials: int
    error: float
    naive_error: float
    better_than_naive: bool


class CapacityForecastRead(ResponseModel):
    """`expected` null: not within two years. `limit_status` null: less than two weeks of data."""

    series: str
    unit: str
    method: str
    limit: float
    plan_ahead_seconds: int
    limit_status: str | None = None
    computed_on: date
    current: float | None = None
    per_day: float | None = None
    expected: date | None = None
    earliest: date | None = None
    latest: date | None = None
    back_test: BackTestRead | None = None


class CapacityForecastsRead(ResponseModel):
    items: list[dict[str, Any]]


@routes.get("/{series}/forecast")
async def get_capacity_forecast(
    name: SeriesRef, tx: Transaction, caller: Annotated[Caller, requires("reports:read")]
) -> CapacityForecastRead:
    """Get the capacity forecast of a series, computed now from the daily peaks."""
    stored, limit, _, forecast, today = await _compute(tx, name, caller)
    values = (
        {} if forecast is None else {field: getattr(forecast, field) for field in FORECAST_FIELDS}
    )
    back_test = forecast and forecast.back_test
    return CapacityForecastRead(
        series=stored.series.key,
        unit=stored.series.unit,
        method=METHOD,
        limit=limit.limit,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
        back_test=BackTestRead.model_validate(back_test) if back_test else None,
        **{"computed_on": today} | values,
    )


@routes.get("/{series}/forecast.svg", response_class=Response)
async def get_forecast_svg(
    name: SeriesRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    theme: Theme = "light",
) -> Response:
    """Render the capacity forecast of a series as SVG, with usage and limit."""
    stored, limit, peaks, forecast, today = await _compute(tx, name, caller)
    svg = render_svg(stored.series, peaks, limit, forecast, today, theme)
    return Response(svg, media_type="image/svg+xml")


@routes.get("/{series}/forecasts")
async def list_capacity_forecasts(
    name: SeriesRef, tx: Transaction, caller: Annotated[Caller, requires("reports:read")]
) -> CapacityForecastsRead:
    """List the capacity forecasts of a series over the last 400 days, newest first."""
    stored = await get_visible(tx, name, caller)
    since = (await transaction_time(tx)).astimezone(UTC).date() - timedelta(days=400)
    return CapacityForecastsRead(
        items=await capacity_forecasts.list_of_series(tx, stored.series.id, since)
    )


async def _compute(
    tx: Connection, name: str, caller: Caller
) -> tuple[StoredSeries, Limit, list[Peak], CapacityForecast | None, date]:
    stored = await get_visible(tx, name, caller)
    id = stored.series.id
    limit = (await series.get_limits(tx, [id])).get(id)
    if limit is None:
        raise NotFound("A limit for this series")
    today = (await transaction_time(tx)).astimezone(UTC).date()
    since = today - timedelta(days=WINDOW_DAYS + MAX_BACK_TEST_ORIGINS + limit.plan_ahead.days + 1)
    peaks = (await samples.list_peaks(tx, {id: limit}, since, today + timedelta(days=1)))[id]
    return stored, limit, peaks, compute_forecast(peaks, limit, today), today


FORECAST_FIELDS = (
    "limit_status",
    "computed_on",
    "current",
    "per_day",
    "expected",
    "earliest",
    "latest",
)
