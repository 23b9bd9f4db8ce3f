"""The table `inbox`: up to which sequence the events of each subject have been applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.bulk import fetch_many, insert_sql, update_sql
from common.persistence.database import Connection

Subject = tuple[str, str]
"""(source, subject)"""
Headers = tuple[tuple[str, bytes], ...]
"""The headers of a record; `ce_id` identifies it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record. `parked_id` is the id of its row where it was parked before."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Headers
    body: bytes | None
    parked_id: int | None = None

    @classmethod
    def from_message(cls, message: Any) -> "Record":
        """Convert a message of aiokafka."""
        headers = tuple(message.headers)
        return cls(
            message.topic, message.partition, message.offset, message.key, headers, message.value
        )


@dataclass(slots=True)
class SubjectPosition:
    """Up to where a subject has been applied. `stored_sequence` is None for an unknown subject."""

    stored_sequence: int | None
    sequence: int
    dead_sequence: int | None
    stored_dead_sequence: int | None = None

    @property
    def is_changed(self) -> bool:
        return (self.stored_sequence or 0, self.stored_dead_sequence) != (
            self.sequence,
            self.dead_sequence,
        )


class ConcurrentConsumerError(ConnectionError):
    """Another member of the group applied the same subject meanwhile: repeat the batch."""


_SELECT_FOR_UPDATE = text(
    """
    SELECT source, subject, sequence, dead_at FROM inbox
    JOIN unnest(:sources, :subjects) AS asked (source, subject) USING (source, subject)
    ORDER BY source, subject FOR UPDATE OF inbox
    """
).bindparams(
    bindparam("sources", type_=ARRAY(Text)),
    bindparam("subjects", type_=ARRAY(Text)),
)
_COLUMNS = {"source": "text", "subject": "text", "sequence": "bigint", "dead_at": "bigint"}
_INSERT = insert_sql("inbox", _COLUMNS, conflict="(source, subject) DO NOTHING", returning="true")
_UPDATE = update_sql("inbox", _COLUMNS, key=("source", "subject"), returning="true")


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
                row.sequence, row.sequence, row.dead_at, row.dead_at
            )
    return positions


async def save_positions(tx: Connection, positions: Mapping[Subject, SubjectPosition]) -> None:
    """Store changed positions. Raises ConcurrentConsumerError where somebody was faster."""
    new = sorted((s, p) for s, p in positions.items() if p.is_changed and p.stored_sequence is None)
    existing = sorted(
        (s, p) for s, p in positions.items() if p.is_changed and p.stored_sequence is not None
    )
    for statement, changed in ((_INSERT, new), (_UPDATE, existing)):
        rows = [(*subject, p.sequence, p.dead_sequence) for subject, p in changed]
        stored = await fetch_many(tx, statement, rows)
        if len(stored) != len(changed):
            raise ConcurrentConsumerError("another consumer moved the same subject")
