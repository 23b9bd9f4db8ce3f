"""Events in the outbox of a restored service: those that Kafka has already, and those that it has not.

A service that ran without Kafka after the restore has given sequences a second time. Its events have
not left yet: they get sequences above all that was published, so that receivers take them as new.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from common.persistence.database import Connection

CHUNK = 2_000
"""Events that are read at a time."""

UnsentEvents = Mapping[str, Mapping[UUID, int]]
"""By subject: the sequences of its events in the outbox, by `ce_id`."""

_COLUMNS = "event_id, topic, key, type, source, subject, sequence, at, traceparent, body"
_MOVE = text(
    f"""
    WITH moved AS (
        DELETE FROM outbox WHERE subject = :subject AND event_id = ANY(:ids) RETURNING *
    ), numbered AS (
        SELECT id, :after + dense_rank() OVER (ORDER BY moved.sequence) AS number FROM moved
    )
    INSERT INTO outbox ({_COLUMNS})
    SELECT {_COLUMNS.replace("sequence", "number")} FROM moved JOIN numbered USING (id) ORDER BY id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def load_unsent(
    tx: Connection, subjects: Collection[str], sent_ids: Collection[UUID] = ()
) -> UnsentEvents:
    """Return the events of these subjects that are in the outbox, without those that were sent."""
    rows = await tx.execute(
        text(
            "SELECT DISTINCT subject, event_id, sequence FROM outbox WHERE subject = ANY(:subjects)"
        ).bindparams(bindparam("subjects", type_=ARRAY(Text))),
        {"subjects": list(subjects)},
    )
    found: dict[str, dict[UUID, int]] = {}
    for row in rows:
        if row.event_id not in sent_ids:
            found.setdefault(row.subject, {})[row.event_id] = row.sequence
    return found


async def read_unsent_bodies(tx: Connection) -> AsyncIterator[Sequence[str]]:
    """Yield the bodies of all events in the outbox, in parts."""
    async with tx.stream(text("SELECT body FROM outbox")) as rows:
        async for part in rows.scalars().partitions(CHUNK):
            yield part


def sequences_without(stored: Mapping[str, int], unsent: UnsentEvents) -> dict[str, int]:
    """Return the stored sequences as they were before these unsent events."""
    before = {subject: min(events.values()) - 1 for subject, events in unsent.items() if events}
    return {subject: before.get(subject, sequence) for subject, sequence in stored.items()}


async def move_behind(
    tx: Connection, subject: str, event_ids: Collection[UUID], after: int
) -> None:
    """Give these unsent events of a subject the sequences that follow `after`, in their order.

    They are written again, so that they leave after what the outbox has by now.
    """
    await tx.execute(_MOVE, {"subject": subject, "ids": list(event_ids), "after": after})
