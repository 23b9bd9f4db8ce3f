"""Metrics of the queues: outbox, parked records and dead letters."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.now import now
from common.persistence.database import Database, is_transient
from common.telemetry import metrics

COLLECT_INTERVAL_S = 10.0
MAX_COUNTED_ROWS = 10_000
"""Rows that are counted at most: a gauge must not cost more the longer the queue is."""

_SELECT_QUEUES = text(
    f"""
    SELECT
        (SELECT count(*) FROM (SELECT FROM outbox LIMIT {MAX_COUNTED_ROWS}) seen) AS unsent,
        (SELECT event_id FROM (
            (SELECT id, event_id FROM outbox WHERE held_by IS NULL ORDER BY id LIMIT 1)
            UNION ALL
            (SELECT id, event_id FROM outbox WHERE held_by IS NOT NULL ORDER BY id LIMIT 1)
         ) AS firsts ORDER BY id LIMIT 1) AS oldest,
        (SELECT count(DISTINCT (topic, key)) FROM outbox WHERE held_by = 'key') AS held,
        (SELECT count(*) FROM (SELECT FROM parked LIMIT {MAX_COUNTED_ROWS}) seen) AS parked,
        (SELECT extract(epoch FROM statement_timestamp() - parked_at)
         FROM parked ORDER BY parked_at LIMIT 1) AS parked_seconds,
        (SELECT count(*) FROM dead_letters WHERE settled_at IS NULL) AS dead
    """
)


async def collect_forever(database: Database) -> None:
    """Update the gauges as long as the service runs."""
    while True:
        try:
            await collect(database)
        except Exception as error:
            if not is_transient(error):
                raise
        await asyncio.sleep(COLLECT_INTERVAL_S)


async def collect(database: Database) -> None:
    """Set the gauges."""
    async with database.transaction() as tx:
        _set_gauges((await tx.execute(_SELECT_QUEUES)).one())


def _set_gauges(row: Any) -> None:
    metrics.OUTBOX_UNSENT.set(row.unsent)
    metrics.OUTBOX_OLDEST_SECONDS.set(_age_s(row.oldest) if row.oldest else 0)
    metrics.OUTBOX_HELD_KEYS.set(row.held)
    metrics.PARKED_RECORDS.set(row.parked)
    metrics.PARKED_OLDEST_SECONDS.set(row.parked_seconds or 0)
    metrics.DEAD_LETTERS_OPEN.set(row.dead)


def _age_s(event_id: UUID) -> float:
    """Return the seconds since a UUIDv7 was created: its first 48 bits are milliseconds."""
    created_at = datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)
    return max(0.0, (now() - created_at).total_seconds())
