"""Looks at the queues now and then, so that what waits too long is seen and pages somebody."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.now import now
from common.persistence.database import Database, passing
from common.telemetry import metrics

EVERY = 10.0
MANY = 10_000
"""Counted up to here: a gauge must not cost more the worse things are."""

_LOOK = text(
    f"""
    SELECT
        (SELECT count(*) FROM (SELECT FROM outbox LIMIT {MANY}) seen) AS unsent,
        (SELECT event_id FROM outbox ORDER BY id LIMIT 1) AS oldest,
        (SELECT count(DISTINCT (topic, key)) FROM outbox
         WHERE held_until > statement_timestamp()) AS held,
        (SELECT count(*) FROM (SELECT FROM parked LIMIT {MANY}) seen) AS parked,
        (SELECT extract(epoch FROM statement_timestamp() - parked_at)
         FROM parked ORDER BY id LIMIT 1) AS parked_seconds,
        (SELECT count(*) FROM dead_letters WHERE settled_at IS NULL) AS dead
    """
)


async def watch(database: Database) -> None:
    """Keep the queue gauges current, for as long as the service runs."""
    while True:
        try:
            await look(database)
        except Exception as error:
            if not passing(error):
                raise
        await asyncio.sleep(EVERY)


async def look(database: Database) -> None:
    """Set the gauges to what is there now."""
    async with database.transaction() as tx:
        _show((await tx.execute(_LOOK)).one())


def _show(seen: Any) -> None:
    metrics.OUTBOX_UNSENT.set(seen.unsent)
    metrics.OUTBOX_OLDEST_SECONDS.set(_age(seen.oldest) if seen.oldest else 0)
    metrics.OUTBOX_HELD.set(seen.held)
    metrics.PARKED.set(seen.parked)
    metrics.PARKED_OLDEST_SECONDS.set(seen.parked_seconds or 0)
    metrics.DEAD_LETTERS_OPEN.set(seen.dead)


def _age(event: UUID) -> float:
    """Seconds since a UUIDv7 was made: its first 48 bits are milliseconds."""
    made = datetime.fromtimestamp((event.int >> 80) / 1000, UTC)
    return max(0.0, (now() - made).total_seconds())
