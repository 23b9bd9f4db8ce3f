"""How far each subject has been applied: the inbox's own table. Set-based, in sorted order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Connection, raw

Subject = tuple[str, str]
"""(source, subject)"""
Headers = tuple[tuple[str, bytes], ...]
"""Among them `ce_id`: no two events have the same."""


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came. `parked` is its row's id where it was put by earlier."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Headers
    body: bytes | None
    parked: int | None = None

    @classmethod
    def of(cls, message: Any) -> "Record":
        """What aiokafka's consumer hands over."""
        headers = tuple(message.headers)
        return cls(
            message.topic, message.partition, message.offset, message.key, headers, message.value
        )


@dataclass(slots=True)
class Place:
    """How far a subject has been applied; `was` is None where it was never heard of."""

    was: int | None
    sequence: int
    dead_at: int | None
    dead_was: int | None = None

    @property
    def moved(self) -> bool:
        return (self.was or 0, self.dead_was) != (self.sequence, self.dead_at)


class OverTaken(ConnectionError):
    """Another member of the group moved the same subject meanwhile: do the poll again."""


_LOCK = text(
    """
    SELECT source, subject, sequence, dead_at FROM inbox
    JOIN unnest(:sources, :subjects) AS asked (source, subject) USING (source, subject)
    ORDER BY source, subject FOR UPDATE OF inbox
    """
).bindparams(
    bindparam("sources", type_=ARRAY(Text)),
    bindparam("subjects", type_=ARRAY(Text)),
)
_MOVED = """unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
      AS moved (source, subject, sequence, dead_at)"""
_BEGIN = f"""
    INSERT INTO inbox (source, subject, sequence, dead_at) SELECT * FROM {_MOVED}
    ON CONFLICT (source, subject) DO NOTHING RETURNING true
"""
_GO_ON = f"""
    UPDATE inbox SET sequence = moved.sequence, dead_at = moved.dead_at FROM {_MOVED}
    WHERE (inbox.source, inbox.subject) = (moved.source, moved.subject) RETURNING true
"""


async def lock_places(tx: Connection, subjects: Iterable[Subject]) -> dict[Subject, Place]:
    """Lock the places of these subjects in sorted order; those never heard of start at 0."""
    asked = sorted(set(subjects))
    places = {subject: Place(None, 0, None) for subject in asked}
    if asked:
        sources, names = zip(*asked, strict=True)
        for row in await tx.execute(_LOCK, {"sources": list(sources), "subjects": list(names)}):
            places[row.source, row.subject] = Place(
                row.sequence, row.sequence, row.dead_at, row.dead_at
            )
    return places


async def advance(tx: Connection, places: Mapping[Subject, Place]) -> None:
    """Store how far each subject is now. Raises OverTaken where somebody else moved it first."""
    new = sorted((s, p) for s, p in places.items() if p.moved and p.was is None)
    known = sorted((s, p) for s, p in places.items() if p.moved and p.was is not None)
    for statement, moved in ((_BEGIN, new), (_GO_ON, known)):
        if not moved:
            continue
        columns = zip(*((*subject, p.sequence, p.dead_at) for subject, p in moved), strict=True)
        done = await (await raw(tx)).fetch(statement, *columns)
        if len(done) != len(moved):
            raise OverTaken("another consumer moved the same subject")
