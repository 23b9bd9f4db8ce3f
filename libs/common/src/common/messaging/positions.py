"""The table `inbox`: up to which sequence the events of each subject have been applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.bulk import column_names, transpose, unnest
from common.persistence.database import Connection, asyncpg_connection

Subject = tuple[str, str]
"""(source, subject)"""
Partition = tuple[str, int]
"""(topic, partition)"""
Headers = tuple[tuple[str, bytes], ...]
"""The headers of a record; `ce_id` identifies it."""


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """The row in which a record was parked before: since when, and how often it was tried."""

    id: int
    parked_at: datetime
    attempts: int
    waits_for: Subject | None


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record. `parked` is the row where it was parked before."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Headers
    body: bytes | None
    parked: ParkedRow | None = None

    @classmethod
    def from_message(cls, message: Any) -> "Record":
        """Convert a message of aiokafka."""
        headers = tuple(message.headers)
        return cls(
            message.topic, message.partition, message.offset, message.key, headers, message.value
        )


@dataclass(slots=True)
class SubjectPosition:
    """Up to where a subject has been applied. `stored_sequence` is None for an unknown subject.

    `event_id` is the `ce_id` of the event at `sequence`, None where it is not known.
    """

    stored_sequence: int | None
    sequence: int
    dead_sequence: int | None
    stored_dead_sequence: int | None = None
    event_id: UUID | None = None

    @property
    def is_changed(self) -> bool:
        return (self.stored_sequence or 0, self.stored_dead_sequence) != (
            self.sequence,
            self.dead_sequence,
        )

    def move_to(self, sequence: int, event_id: UUID | None) -> None:
        """Put the last applied event at `sequence`."""
        self.sequence, self.event_id = sequence, event_id


class ConcurrentConsumerError(ConnectionError):
    """Another member of the group applied the same subject meanwhile: repeat the batch."""


_SELECT_FOR_UPDATE = text(
    """
    SELECT source, subject, sequence, dead_at, event_id FROM inbox
    JOIN unnest(:sources, :subjects) AS asked (source, subject) USING (source, subject)
    ORDER BY source, subject FOR UPDATE OF inbox
    """
).bindparams(
    bindparam("sources", type_=ARRAY(Text)),
    bindparam("subjects", type_=ARRAY(Text)),
)
_COLUMNS = {
    "source": "text",
    "subject": "text",
    "sequence": "bigint",
    "dead_at": "bigint",
    "event_id": "uuid",
}
_OFFSET_COLUMNS = {"topic": "text", "partition": "int", '"offset"': "bigint"}
_SAVE = f"""
    WITH inserted AS (
        INSERT INTO inbox ({column_names(_COLUMNS)})
        SELECT {column_names(_COLUMNS)} FROM {unnest(_COLUMNS, "new")}
        ON CONFLICT (source, subject) DO NOTHING RETURNING true
    ), updated AS (
        UPDATE inbox SET sequence = new.sequence, dead_at = new.dead_at, event_id = new.event_id
        FROM {unnest(_COLUMNS, "new", first=6)}
        WHERE inbox.source = new.source AND inbox.subject = new.subject RETURNING true
    ), moved AS (
        INSERT INTO consumed_offsets AS stored ({column_names(_OFFSET_COLUMNS)})
        SELECT {column_names(_OFFSET_COLUMNS)} FROM {unnest(_OFFSET_COLUMNS, "new", first=11)}
        ON CONFLICT (topic, partition) DO UPDATE SET "offset" = excluded."offset"
        WHERE stored."offset" < excluded."offset"
    )
    SELECT (SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated)
"""
"""One statement for everything, because each one costs a round trip in every poll.

An offset never goes backwards: a member that the group has given up may still be committing.
"""


async def lock_positions(
    tx: Connection, subjects: Iterable[Subject]
) -> dict[Subject, SubjectPosition]:
    """Lock the positions of these subjects in sorted order; unknown subjects start at 0."""
    ordered = sorted(set(subjects))
    positions = {subject: SubjectPosition(None, 0, None) for subject in ordered}
    if ordered:
        sources, names = zip(*ordered, strict=True)
        for row in await tx.execute(
            _SELECT_FOR_UPDATE, {"sources": list(sources), "subjects": list(names)}
        ):
            positions[row.source, row.subject] = SubjectPosition(
                row.sequence, row.sequence, row.dead_at, row.dead_at, row.event_id
            )
    return positions


async def save_positions(
    tx: Connection,
    positions: Mapping[Subject, SubjectPosition],
    offsets: Mapping[Partition, int] = MappingProxyType({}),
) -> None:
    """Store changed positions and the next offsets of partitions.

    Raises ConcurrentConsumerError where somebody was faster.
    """
    changed = sorted(((s, p) for s, p in positions.items() if p.is_changed), key=itemgetter(0))
    if not changed and not offsets:
        return
    new = [_row(s, p) for s, p in changed if p.stored_sequence is None]
    existing = [_row(s, p) for s, p in changed if p.stored_sequence is not None]
    moved = [(*partition, offset) for partition, offset in sorted(offsets.items())]
    stored = await (await asyncpg_connection(tx)).fetchval(
        _SAVE,
        *transpose(new, len(_COLUMNS)),
        *transpose(existing, len(_COLUMNS)),
        *transpose(moved, len(_OFFSET_COLUMNS)),
    )
    if stored != len(changed):
        raise ConcurrentConsumerError("another consumer moved the same subject")


def _row(subject: Subject, position: SubjectPosition) -> tuple[object, ...]:
    return (*subject, position.sequence, position.dead_sequence, position.event_id)
