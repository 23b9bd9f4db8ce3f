"""Kafka and time in a test: deliver events, freeze time, fire deadlines."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import text

from common.events.envelope import Envelope, Event
from common.messaging.batch_processor import BatchProcessor
from common.messaging.inbox import Handlers, Inbox
from common.messaging.parked_release import ParkedRelease
from common.messaging.positions import Record
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Deadline, Timers, schedule


@dataclass(frozen=True, slots=True)
class UnsentEvent:
    """An event that waits in the outbox."""

    type: str
    subject: str
    sequence: int
    topic: str
    body: dict[str, Any]


async def outbox_events(database: Database) -> list[UnsentEvent]:
    """Return the unsent events, in the order of writing."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT type, subject, sequence, topic, body FROM outbox ORDER BY id")
        )
        return [
            UnsentEvent(r.type, r.subject, r.sequence, r.topic, json.loads(r.body)) for r in rows
        ]


async def freeze_time(database: Database, at: datetime) -> None:
    """Freeze `<schema>.now()` at an instant; the next call moves it."""
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE simulated_time SET frozen_at = :at"), {"at": at})


def record_of(
    event: Event, sequence: int, *, offset: int = 0, traceparent: str | None = None
) -> Record:
    """Create the Kafka record of an event, as the relay would send it: one sequence, one id."""
    event_id = uuid5(NAMESPACE_OID, f"{event.source} {event.subject()} {sequence}")
    envelope = Envelope(event_id, event.type, event.source, event.subject(), sequence, traceparent)
    headers = tuple(envelope.headers(event.at.isoformat()))
    body = event.model_dump_json().encode()
    return Record(event.topic, 0, offset, event.key().encode(), headers, body)


async def deliver(
    database: Database, handlers: Handlers, *events: tuple[Event, int], service: str = "test"
) -> None:
    """Deliver (event, sequence) pairs to a service in one batch, as its consumer would."""
    processor = BatchProcessor(database, Inbox(service, handlers))
    await processor.process([record_of(event, n, offset=i) for i, (event, n) in enumerate(events)])
    await ParkedRelease(processor).release()


async def fire_due(
    database: Database, timers: Timers, is_behind: Callable[..., bool] = lambda *_: False
) -> int:
    """Fire everything that is due now, as the scheduler would. Returns how many deadlines fired."""
    scheduler = DeadlineScheduler(database, timers, is_behind)
    fired = 0
    while (result := await scheduler.fire_due()).has_more:
        fired += result.fired
    return fired + result.fired


async def fire_for_missing_subjects(database: Database, timers: Timers) -> list[str]:
    """Fire a deadline of each kind whose subject does not exist. Returns the kinds that stay due."""
    subjects = {kind: uuid7() for kind in timers}
    async with database.transaction() as tx:
        due_at = await transaction_time(tx)
        await schedule(tx, [Deadline(kind, subject, due_at) for kind, subject in subjects.items()])
    await fire_due(database, timers)
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT kind, subject FROM deadlines"))
        return sorted(row.kind for row in rows if row.subject == subjects.get(row.kind))
