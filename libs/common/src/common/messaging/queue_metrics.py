"""Metrics of the queues: outbox, parked records, dead letters and due deadlines; and of the two clocks.

They are ages and lengths as they are, whether anything moves or not: what stands still counts nothing.
"""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, TextClause, bindparam, text

from common.now import now
from common.persistence.database import Database, is_transient
from common.telemetry import metrics

COLLECT_INTERVAL_S = 10.0
MAX_COUNTED_ROWS = 10_000
"""Rows that are counted at most: a gauge must not cost more the longer the queue is."""

MAX_PUT_OFF = "10 minutes"
"""Within this time every due deadline is looked at again, however often it was put off."""


def _select_queues(schema: str) -> TextClause:
    """One statement. `:kinds` are the deadlines that this version knows: others are due for ever.

    A subject is `held` where a dead letter or a fork waits for a person, and all that waits for it, too.
    """
    statement = f"""
    WITH RECURSIVE held (source, subject) AS (
        (SELECT d.source, d.subject FROM dead_letters d JOIN inbox i USING (source, subject)
         WHERE d.settled_at IS NULL AND i.dead_at IS NOT NULL
         UNION
         SELECT p.source, p.subject FROM stopped_sources s JOIN parked p
             ON p.source = s.source OR p.waits_source = s.source)
        UNION
        SELECT p.source, p.subject FROM held h JOIN parked p
            ON p.waits_source = h.source AND p.waits_subject = h.subject
    )
    SELECT statement_timestamp() AS at,
        (SELECT count(*) FROM (SELECT FROM outbox LIMIT {MAX_COUNTED_ROWS}) seen) AS unsent,
        (SELECT event_id FROM (
            (SELECT id, event_id FROM outbox WHERE held_by IS NULL ORDER BY id LIMIT 1)
            UNION ALL
            (SELECT id, event_id FROM outbox WHERE held_by IS NOT NULL ORDER BY id LIMIT 1)
         ) AS firsts ORDER BY id LIMIT 1) AS oldest,
        (SELECT count(DISTINCT (topic, key)) FROM outbox WHERE held_by = 'key') AS held,
        (SELECT count(*) FROM (SELECT FROM parked LIMIT {MAX_COUNTED_ROWS}) seen) AS parked,
        (SELECT extract(epoch FROM statement_timestamp() - p.parked_at) FROM parked p
         WHERE (p.source, p.subject) NOT IN (SELECT source, subject FROM held)  -- hashed once
         ORDER BY p.parked_at LIMIT 1) AS parked_seconds,
        (SELECT count(*) FROM dead_letters WHERE settled_at IS NULL) AS dead,
        (SELECT extract(epoch FROM {schema}.now() - min(due_at)) FROM (
            SELECT due_at FROM deadlines
            WHERE wake_at <= {schema}.now() + interval '{MAX_PUT_OFF}'
                AND due_at <= {schema}.now() AND kind = ANY(:kinds)
            ORDER BY wake_at LIMIT {MAX_COUNTED_ROWS}) due) AS due_seconds
    """
    return text(statement).bindparams(bindparam("kinds", type_=ARRAY(Text)))


async def collect_forever(database: Database, kinds: Collection[str]) -> None:
    """Update the gauges as long as the service runs."""
    while True:
        try:
            await collect(database, kinds)
        except Exception as error:
            if not is_transient(error):
                raise
        await asyncio.sleep(COLLECT_INTERVAL_S)


async def collect(database: Database, kinds: Collection[str] = ()) -> None:
    """Set the gauges. `kinds` are the deadlines of this service."""
    async with database.transaction() as tx:
        queues = await tx.execute(_select_queues(database.schema), {"kinds": list(kinds)})
        _set_gauges(queues.one())
    metrics.QUEUES_SEEN_TIMESTAMP.set_to_current_time()


def _set_gauges(row: Any) -> None:
    metrics.OUTBOX_UNSENT.set(row.unsent)
    metrics.OUTBOX_OLDEST_SECONDS.set(_age_s(row.oldest) if row.oldest else 0)
    metrics.OUTBOX_HELD_KEYS.set(row.held)
    metrics.PARKED_RECORDS.set(row.parked)
    metrics.PARKED_OLDEST_SECONDS.set(row.parked_seconds or 0)
    metrics.DEAD_LETTERS_OPEN.set(row.dead)
    metrics.DEADLINES_OLDEST_DUE_SECONDS.set(row.due_seconds or 0)
    metrics.CLOCK_DIFFERENCE.set((now() - row.at).total_seconds())


def _age_s(event_id: UUID) -> float:
    """Return the seconds since a UUIDv7 was created: its first 48 bits are milliseconds."""
    created_at = datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)
    return max(0.0, (now() - created_at).total_seconds())
