"""Update the capacity forecasts of series, and publish limits that come near or are reached."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.capacity.domain.capacity_forecast import (
    MAX_BACK_TEST_ORIGINS,
    WINDOW_DAYS,
    CapacityForecast,
    compute_forecast,
)
from sla.capacity.domain.series import Limit
from sla.capacity.events import limit_event
from sla.capacity.store import capacity_forecasts, samples, series
from sla.capacity.store.series import StoredSeries

DEADLINE_KIND = "outlook"
"""The kind of the deadline at which the forecast of a series is updated. Subject: the series."""
NIGHTLY_AT = time(3, tzinfo=UTC)
SPREAD_S = 3600
"""Seconds after three o'clock UTC over which the series are spread, each at its own second."""


async def update_forecasts(tx: Connection, ids: Sequence[UUID], at: datetime) -> None:
    """Update the forecasts of these series now, and publish each change of a limit status."""
    limits = await series.get_limits(tx, ids)
    today = at.astimezone(UTC).date()
    max_plan_ahead_days = max((one.plan_ahead.days for one in limits.values()), default=0)
    since = today - timedelta(days=WINDOW_DAYS + MAX_BACK_TEST_ORIGINS + max_plan_ahead_days + 1)
    peaks = await samples.list_peaks(tx, limits, since, today + timedelta(days=1))
    for stored in await series.load(tx, list(limits)):
        limit = limits[stored.series.id]
        forecast = compute_forecast(peaks[stored.series.id], limit, today)
        if forecast is not None:
            await capacity_forecasts.upsert(tx, stored.series.id, forecast)
            await _emit_change(tx, stored, limit, forecast, at)


def next_update_at(id: UUID, after: datetime) -> datetime:
    """Return when the forecast of a series is updated next: every night at its own second."""
    offset = timedelta(seconds=id.int % SPREAD_S)
    candidate = datetime.combine(after.astimezone(UTC).date(), NIGHTLY_AT) + offset
    return candidate if candidate > after else candidate + timedelta(days=1)


async def _emit_change(
    tx: Connection, stored: StoredSeries, limit: Limit, forecast: CapacityForecast, at: datetime
) -> None:
    if forecast.limit_status == stored.limit_status:
        return
    sequence = await series.set_limit_status(tx, stored.series.id, forecast.limit_status)
    await publish(tx, OutboxEvent(limit_event(stored, limit, forecast, at), sequence))
