"""Records that cannot be applied: parked until they are due, or dead letters for a person."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, text

from common.events.dead_letters import RecordDeadLettered
from common.events.envelope import Envelope
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.positions import ConcurrentConsumerError, Record
from common.persistence.database import Connection
from common.persistence.ids import uuid7


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that came too early: before its predecessor, or before a subject it refers to."""

    record: Record
    envelope: Envelope
    missing_source: str | None
    missing_subject: str | None


@dataclass(frozen=True, slots=True)
class DeadLetterRecord:
    """A record that cannot be applied, with the reason."""

    record: Record
    envelope: Envelope | None
    code: str
    reason: str


_INSERT_PARKED = text(
    """
    INSERT INTO parked (source, subject, sequence, waits_source, waits_subject,
                        topic, partition, "offset", key, headers, body)
    VALUES (:source, :subject, :sequence, :waits_source, :waits_subject,
            :topic, :partition, :offset, :key, CAST(:headers AS jsonb), :body)
    ON CONFLICT (source, subject, sequence) DO UPDATE
    SET waits_source = excluded.waits_source, waits_subject = excluded.waits_subject
    """
)
_INSERT_DEAD_LETTER = text(
    """
    INSERT INTO dead_letters (source, subject, sequence, type, topic, partition, "offset",
                              digest, key, headers, body, code, reason)
    VALUES (:source, :subject, :sequence, :type, :topic, :partition, :offset,
            :digest, :key, CAST(:headers AS jsonb), :body, :code, :reason)
    ON CONFLICT (topic, partition, "offset", digest) DO NOTHING
    RETURNING id
    """
)


async def park(tx: Connection, records: Sequence[ParkedRecord]) -> None:
    if records:
        await tx.execute(
            _INSERT_PARKED,
            [
                _record_columns(one.record)
                | _envelope_columns(one.envelope)
                | {"waits_source": one.missing_source, "waits_subject": one.missing_subject}
                for one in records
            ],
        )


async def unpark(tx: Connection, ids: Sequence[int]) -> None:
    """Delete parked records. Raises ConcurrentConsumerError where another replica was faster."""
    deleted = await tx.execute(
        text("DELETE FROM parked WHERE id = ANY(:ids)").bindparams(
            bindparam("ids", type_=ARRAY(BigInteger))
        ),
        {"ids": list(ids)},
    )
    if deleted.rowcount != len(ids):
        raise ConcurrentConsumerError("another consumer took the same parked record")


async def dead_letter(tx: Connection, service: str, letters: Sequence[DeadLetterRecord]) -> None:
    """Store dead letters and publish an event about each."""
    for letter in letters:
        digest = hashlib.sha256(letter.record.body or b"").digest()
        columns = _record_columns(letter.record) | _envelope_columns(letter.envelope)
        verdict = {"digest": digest, "code": letter.code, "reason": letter.reason[:1000]}
        if await tx.scalar(_INSERT_DEAD_LETTER, columns | verdict) is not None:
            await _publish_notice(tx, service, letter)


async def _publish_notice(tx: Connection, service: str, letter: DeadLetterRecord) -> None:
    notice = RecordDeadLettered(
        at=(await tx.execute(text("SELECT statement_timestamp()"))).scalar_one(),
        notice_id=uuid7(),
        service=service,
        topic_of_record=letter.record.topic,
        partition=letter.record.partition,
        offset=letter.record.offset,
        subject_of_record=letter.envelope.subject if letter.envelope else None,
        type_of_record=letter.envelope.type if letter.envelope else None,
        code=letter.code,
        reason=letter.reason[:300],
    )
    await publish(tx, OutboxEvent(notice, 1, topic=f"opsdesk.dead-letters.{service}"))


def _record_columns(record: Record) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "headers": json.dumps([[name, value.hex()] for name, value in record.headers]),
        "body": record.body,
    }


def _envelope_columns(envelope: Envelope | None) -> dict[str, Any]:
    return {
        "source": envelope.source if envelope else None,
        "subject": envelope.subject if envelope else None,
        "sequence": envelope.sequence if envelope else None,
        "type": envelope.type if envelope else None,
    }


_SELECT_DUE = text(
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


async def due_parked(tx: Connection, limit: int = 200) -> list[Record]:
    """Return parked records that are due: their predecessor or their reference has come."""
    return [record_from_row(row, row.id) for row in await tx.execute(_SELECT_DUE, {"limit": limit})]


def record_from_row(row: Any, parked_id: int | None) -> Record:
    """Return the record of a row of `parked` or `dead_letters`."""
    headers = tuple((name, bytes.fromhex(value)) for name, value in row.headers)
    return Record(row.topic, row.partition, row.offset, row.key, headers, row.body, parked_id)


async def has_parked(tx: Connection) -> bool:
    return bool(await tx.scalar(text("SELECT EXISTS (SELECT 1 FROM parked)")))
