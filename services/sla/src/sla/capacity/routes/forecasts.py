"""When usage will reach its limit: computed, back-tested, and as a picture."""

from datetime import UTC, date, timedelta
from typing import Annotated, Any

from fastapi import Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name
from sla.capacity.chart import drawn
from sla.capacity.domain.forecast import METHOD, ORIGINS, WINDOW, Outlook, Peak, outlook
from sla.capacity.domain.series import Limit
from sla.capacity.routes.series import visible
from sla.capacity.store import forecasts as outlooks
from sla.capacity.store import samples, series
from sla.capacity.store.series import Stored

routes = router("/v1/series", tags=["measures"])


class BackTestTold(ResponseModel):
    """Median absolute errors, in the series' unit, of the line and of "as it is today"."""

    horizon_days: int
    trials: int
    error: float
    naive_error: float
    better_than_naive: bool


class OutlookTold(ResponseModel):
    """`expected` null: not within two years. `limit_status` null: fewer than two weeks of figures."""

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
    back_test: BackTestTold | None = None


class OutlooksTold(ResponseModel):
    items: list[dict[str, Any]]


@routes.get("/{name}/forecast")
async def show_outlook(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("reports:read")]
) -> OutlookTold:
    """Computed now from the days' peaks; nothing is stored."""
    stored, limit, _, made, today = await _made(tx, name, caller)
    facts = {} if made is None else {field: getattr(made, field) for field in FROM_CORE}
    tested = made and made.back_test
    return OutlookTold(
        series=stored.series.key,
        unit=stored.series.unit,
        method=METHOD,
        limit=limit.limit,
        plan_ahead_seconds=limit.plan_ahead // timedelta(seconds=1),
        back_test=BackTestTold.model_validate(tested) if tested else None,
        **{"computed_on": today} | facts,
    )


@routes.get("/{name}/forecast.svg", response_class=Response)
async def draw_outlook(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("reports:read")]
) -> Response:
    """Usage, its line, and the limit."""
    stored, limit, peaks, made, today = await _made(tx, name, caller)
    picture = drawn(stored.series, peaks, limit, made, today)
    return Response(picture, media_type="image/svg+xml")


@routes.get("/{name}/forecasts")
async def list_outlooks(
    name: Name, tx: Transaction, caller: Annotated[Caller, requires("reports:read")]
) -> OutlooksTold:
    """What was expected on each of the last 400 days, the newest first."""
    stored = await visible(tx, name, caller)
    since = (await transaction_time(tx)).astimezone(UTC).date() - timedelta(days=400)
    return OutlooksTold(items=await outlooks.of_series(tx, stored.series.id, since))


async def _made(
    tx: Connection, name: str, caller: Caller
) -> tuple[Stored, Limit, list[Peak], Outlook | None, date]:
    stored = await visible(tx, name, caller)
    id = stored.series.id
    limit = (await series.limits(tx, [id])).get(id)
    if limit is None:
        raise NotFound("A limit for this series")
    today = (await transaction_time(tx)).astimezone(UTC).date()
    since = today - timedelta(days=WINDOW + ORIGINS + limit.plan_ahead.days + 1)
    peaks = (await samples.peaks(tx, {id: limit}, since, today + timedelta(days=1)))[id]
    return stored, limit, peaks, outlook(peaks, limit, today), today


FROM_CORE = ("limit_status", "computed_on", "current", "per_day", "expected", "earliest", "latest")
