"""The inbox's tables: places, parked records, dead letters. Set-based, in sorted order."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, text

from common.database import Connection
from common.event import Envelope
from common.events.dead_letters import RecordPutAside
from common.ids import uuid7
from common.outbox import Announcement, announce

Subject = tuple[str, str]
"""(source, subject)"""


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came. `parked` is its row's id where it was put by earlier."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    body: bytes | None
    parked: int | None = None


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that is too early: for its predecessor, or for a subject not yet heard of."""

    record: Record
    envelope: Envelope
    source: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Grave:
    """A record that is put aside, with the reason."""

    record: Record
    envelope: Envelope | None
    code: str
    reason: str


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
_PLACES = (
    bindparam("sources", type_=ARRAY(Text)),
    bindparam("subjects", type_=ARRAY(Text)),
    bindparam("sequences", type_=ARRAY(BigInteger)),
    bindparam("dead", type_=ARRAY(BigInteger)),
)
_BEGIN = text(
    """
    INSERT INTO inbox (source, subject, sequence, dead_at)
    SELECT * FROM unnest(:sources, :subjects, :sequences, :dead)
    ON CONFLICT (source, subject) DO NOTHING
    """
).bindparams(*_PLACES)
_GO_ON = text(
    """
    UPDATE inbox SET sequence = moved.sequence, dead_at = moved.dead_at
    FROM unnest(:sources, :subjects, :sequences, :dead)
      AS moved (source, subject, sequence, dead_at)
    WHERE (inbox.source, inbox.subject) = (moved.source, moved.subject)
    """
).bindparams(*_PLACES)


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
        done = await tx.execute(
            statement,
            {
                "sources": [source for (source, _), _ in moved],
                "subjects": [subject for (_, subject), _ in moved],
                "sequences": [place.sequence for _, place in moved],
                "dead": [place.dead_at for _, place in moved],
            },
        )
        if done.rowcount != len(moved):
            raise OverTaken("another consumer moved the same subject")


_PARK = text(
    """
    INSERT INTO parked (source, subject, sequence, waits_source, waits_subject,
                        topic, partition, "offset", key, headers, body)
    VALUES (:source, :subject, :sequence, :waits_source, :waits_subject,
            :topic, :partition, :offset, :key, CAST(:headers AS jsonb), :body)
    ON CONFLICT (source, subject, sequence) DO UPDATE
    SET waits_source = excluded.waits_source, waits_subject = excluded.waits_subject
    """
)
_BURY = text(
    """
    INSERT INTO dead_letters (source, subject, sequence, type, topic, partition, "offset",
                              digest, key, headers, body, code, reason)
    VALUES (:source, :subject, :sequence, :type, :topic, :partition, :offset,
            :digest, :key, CAST(:headers AS jsonb), :body, :code, :reason)
    ON CONFLICT (topic, partition, "offset", digest) DO NOTHING
    RETURNING id
    """
)


async def park(tx: Connection, waiting: Sequence[Waiting]) -> None:
    if waiting:
        await tx.execute(
            _PARK,
            [
                _columns(one.record)
                | _about(one.envelope)
                | {"waits_source": one.source, "waits_subject": one.subject}
                for one in waiting
            ],
        )


async def unpark(tx: Connection, ids: Sequence[int]) -> None:
    """Take parked records out. Raises OverTaken where another replica took one first."""
    gone = await tx.execute(
        text("DELETE FROM parked WHERE id = ANY(:ids)").bindparams(
            bindparam("ids", type_=ARRAY(BigInteger))
        ),
        {"ids": list(ids)},
    )
    if gone.rowcount != len(ids):
        raise OverTaken("another consumer took the same parked record")


async def bury(tx: Connection, service: str, graves: Sequence[Grave]) -> None:
    """Keep records that cannot be applied, and announce that they are there."""
    for grave in graves:
        digest = hashlib.sha256(grave.record.body or b"").digest()
        columns = _columns(grave.record) | _about(grave.envelope)
        told = {"digest": digest, "code": grave.code, "reason": grave.reason[:1000]}
        if await tx.scalar(_BURY, columns | told) is not None:
            await _announce_grave(tx, service, grave)


async def _announce_grave(tx: Connection, service: str, grave: Grave) -> None:
    notice = RecordPutAside(
        at=(await tx.execute(text("SELECT statement_timestamp()"))).scalar_one(),
        notice_id=uuid7(),
        service=service,
        topic_of_record=grave.record.topic,
        partition=grave.record.partition,
        offset=grave.record.offset,
        subject_of_record=grave.envelope.subject if grave.envelope else None,
        type_of_record=grave.envelope.type if grave.envelope else None,
        code=grave.code,
        reason=grave.reason[:300],
    )
    await announce(tx, Announcement(notice, 1, topic=f"opsdesk.dead-letters.{service}"))


def _columns(record: Record) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": json.dumps([[name, value.hex()] for name, value in record.headers]),
        "body": record.body,
    }


def _about(envelope: Envelope | None) -> dict[str, Any]:
    return {
        "source": envelope.source if envelope else None,
        "subject": envelope.subject if envelope else None,
        "sequence": envelope.sequence if envelope else None,
        "type": envelope.type if envelope else None,
    }


_READY = text(
    """
    SELECT p.id, p.topic, p.partition, p."offset", p.key, p.headers, p.body
    FROM parked p LEFT JOIN inbox i ON (i.source, i.subject) = (p.source, p.subject)
    WHERE i.dead_at IS NULL
      AND (p.sequence <= COALESCE(i.sequence, 0) + 1 OR p.waits_subject IS NOT NULL)
      AND (p.waits_subject IS NULL OR EXISTS (
            SELECT 1 FROM inbox w WHERE w.source = p.waits_source
            AND w.subject = p.waits_subject AND w.sequence > 0))
    ORDER BY p.source, p.subject, p.sequence LIMIT :limit
    """
)


async def ready(tx: Connection, limit: int = 200) -> list[Record]:
    """Parked records whose time has come: their predecessor, or what they speak of, is there."""
    return [stored_record(row, row.id) for row in await tx.execute(_READY, {"limit": limit})]


def stored_record(row: Any, parked: int | None) -> Record:
    """A record as it was kept in a row of `parked` or `dead_letters`."""
    headers = tuple((name, bytes.fromhex(value)) for name, value in row.headers)
    return Record(row.topic, row.partition, row.offset, row.key, headers, row.body, parked)


async def any_parked(tx: Connection) -> bool:
    return bool(await tx.scalar(text("SELECT EXISTS (SELECT 1 FROM parked)")))
