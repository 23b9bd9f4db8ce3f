"""Records that cannot be applied now: parked until their time comes, or put aside for a person."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, text

from common.events.dead_letters import RecordPutAside
from common.events.envelope import Envelope
from common.messaging.outbox import Announcement, announce
from common.messaging.positions import OverTaken, Record
from common.persistence.database import Connection
from common.persistence.ids import uuid7


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
