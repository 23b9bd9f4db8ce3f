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
from sla.capacity.domain.forecast import ORIGINS, WINDOW, Outlook, outlook
from sla.capacity.domain.series import Limit
from sla.capacity.store import forecasts as outlooks
from sla.capacity.store import samples, series
from sla.capacity.store.series import SECOND, Stored

KIND = "outlook"
NIGHT = time(3, tzinfo=UTC)
SPREAD = 3600
"""Seconds after three o'clock UTC over which the series are spread, each at its own second."""


async def on_outlooks_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """The daily look at these series, whose rows are locked; the next one is armed."""
    ids = [one.subject for one in due]
    await look(tx, ids, at)
    await schedule(tx, [Deadline(KIND, id, next_look(id, at)) for id in ids])


async def look(tx: Connection, ids: Sequence[UUID], at: datetime) -> None:
    """Make the outlooks of these series now; announce where one stands otherwise than before."""
    limits = await series.limits(tx, ids)
    today = at.astimezone(UTC).date()
    longest = max((one.plan_ahead.days for one in limits.values()), default=0)
    since = today - timedelta(days=WINDOW + ORIGINS + longest + 1)
    peaks = await samples.peaks(tx, limits, since, today + timedelta(days=1))
    for stored in await series.load(tx, list(limits)):
        limit = limits[stored.series.id]
        made = outlook(peaks[stored.series.id], limit, today)
        if made is not None:
            await outlooks.keep(tx, stored.series.id, made)
            await _tell(tx, stored, limit, made, at)


def next_look(id: UUID, after: datetime) -> datetime:
    """The next time that a series is looked at: nightly, at a second of its own."""
    own = timedelta(seconds=id.int % SPREAD)
    following = datetime.combine(after.astimezone(UTC).date(), NIGHT) + own
    return following if following > after else following + timedelta(days=1)


async def _tell(tx: Connection, stored: Stored, limit: Limit, made: Outlook, at: datetime) -> None:
    if made.limit_status == stored.limit_status:
        return
    sequence = await series.stand(tx, stored.series.id, made.limit_status)
    await publish(tx, OutboxEvent(_news(stored, limit, made, at), sequence))


def _news(stored: Stored, limit: Limit, made: Outlook, at: datetime) -> UsageEvent:
    about = stored.series
    facts: dict[str, Any] = {
        "at": at,
        "series_id": about.id,
        "series": about.key,
        "name": about.name,
        "unit": about.unit,
        "customer_id": stored.customer_id,
        "customer": about.customer,
        "service": about.service,
        "environment": about.environment,
        "limit": limit.limit,
        "current": made.current,
    }
    if made.limit_status == "reached":
        return UsageLimitReached(**facts)
    if made.limit_status == "ok" or made.expected is None:
        return UsageLimitCleared(**facts)
    return UsageLimitApproaching(
        **facts,
        expected=made.expected,
        earliest=made.earliest,
        latest=made.latest,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
    )
