"""Looks at usage once a day: keeps the outlook, and says when a limit comes near or is reached."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from common.events.usage import (
    UsageEvent,
    UsageLimitApproaching,
    UsageLimitCleared,
    UsageLimitReached,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.capacity.domain.forecast import (
    MAX_BACK_TEST_ORIGINS,
    WINDOW_DAYS,
    CapacityForecast,
    compute_forecast,
)
from sla.capacity.domain.series import Limit
from sla.capacity.store import forecasts as outlooks
from sla.capacity.store import samples, series
from sla.capacity.store.series import SECOND, StoredSeries

DEADLINE_KIND = "outlook"
NIGHTLY_AT = time(3, tzinfo=UTC)
SPREAD_S = 3600
"""Seconds after three o'clock UTC over which the series are spread, each at its own second."""


async def on_capacity_forecasts_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """The daily look at these series, whose rows are locked; the next one is armed."""
    ids = [one.subject for one in due]
    await update_forecasts(tx, ids, at)
    await schedule(tx, [Deadline(DEADLINE_KIND, id, next_update_at(id, at)) for id in ids])


async def update_forecasts(tx: Connection, ids: Sequence[UUID], at: datetime) -> None:
    """Make the outlooks of these series now; announce where one stands otherwise than before."""
    limits = await series.get_limits(tx, ids)
    today = at.astimezone(UTC).date()
    max_plan_ahead_days = max((one.plan_ahead.days for one in limits.values()), default=0)
    since = today - timedelta(days=WINDOW_DAYS + MAX_BACK_TEST_ORIGINS + max_plan_ahead_days + 1)
    peaks = await samples.list_peaks(tx, limits, since, today + timedelta(days=1))
    for stored in await series.load(tx, list(limits)):
        limit = limits[stored.series.id]
        forecast = compute_forecast(peaks[stored.series.id], limit, today)
        if forecast is not None:
            await outlooks.upsert(tx, stored.series.id, forecast)
            await _emit_change(tx, stored, limit, forecast, at)


def next_update_at(id: UUID, after: datetime) -> datetime:
    """The next time that a series is looked at: nightly, at a second of its own."""
    offset = timedelta(seconds=id.int % SPREAD_S)
    candidate = datetime.combine(after.astimezone(UTC).date(), NIGHTLY_AT) + offset
    return candidate if candidate > after else candidate + timedelta(days=1)


async def _emit_change(
    tx: Connection, stored: StoredSeries, limit: Limit, forecast: CapacityForecast, at: datetime
) -> None:
    if forecast.limit_status == stored.limit_status:
        return
    sequence = await series.set_limit_status(tx, stored.series.id, forecast.limit_status)
    await publish(tx, OutboxEvent(_to_event(stored, limit, forecast, at), sequence))


def _to_event(
    stored: StoredSeries, limit: Limit, forecast: CapacityForecast, at: datetime
) -> UsageEvent:
    definition = stored.series
    payload: dict[str, Any] = {
        "at": at,
        "series_id": definition.id,
        "series": definition.key,
        "name": definition.name,
        "unit": definition.unit,
        "customer_id": stored.customer_id,
        "customer": definition.customer,
        "service": definition.service,
        "environment": definition.environment,
        "limit": limit.limit,
        "current": forecast.current,
    }
    if forecast.limit_status == "reached":
        return UsageLimitReached(**payload)
    if forecast.limit_status == "ok" or forecast.expected is None:
        return UsageLimitCleared(**payload)
    return UsageLimitApproaching(
        **payload,
        expected=forecast.expected,
        earliest=forecast.earliest,
        latest=forecast.latest,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
    )
