"""Dead letters: records that cannot be applied, kept for a person."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from common.events.dead_letters import RecordDeadLettered
from common.events.envelope import Envelope
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.parked_records import headers_from_json, record_columns
from common.messaging.positions import Record
from common.messaging.stopped_sources import stop_source
from common.persistence.database import Connection
from common.persistence.ids import uuid7

FORK = "fork"
"""The code of a record whose sequence took effect with another event before."""
WRONG_SOURCE = "wrong_source"
"""The code of a record that the owner of its topic does not send there: somebody else wrote it."""


@dataclass(frozen=True, slots=True)
class DeadLetterRecord:
    """A record that cannot be applied, with the reason."""

    record: Record
    envelope: Envelope | None
    code: str
    reason: str


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


async def dead_letter(
    tx: Connection, service: str, letters: Sequence[DeadLetterRecord]
) -> list[DeadLetterRecord]:
    """Store dead letters, publish an event about each, and return those that were not there before.

    A fork stops its source.
    """
    stored = []
    for letter in letters:
        digest = hashlib.sha256(letter.record.body or b"").digest()
        columns = record_columns(letter.record) | _envelope_columns(letter.envelope)
        verdict = {"digest": digest, "code": letter.code, "reason": letter.reason[:1000]}
        if await tx.scalar(_INSERT_DEAD_LETTER, columns | verdict) is not None:
            await _publish_notice(tx, service, letter)
            stored.append(letter)
    for letter in stored:
        if letter.code == FORK and letter.envelope is not None:
            await stop_source(tx, letter.envelope)
    return stored


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


def _envelope_columns(envelope: Envelope | None) -> dict[str, Any]:
    return {
        "source": envelope.source if envelope else None,
        "subject": envelope.subject if envelope else None,
        "sequence": envelope.sequence if envelope else None,
        "type": envelope.type if envelope else None,
    }


def record_from_row(row: Any) -> Record:
    """Return the record of a row of `dead_letters`."""
    headers = headers_from_json(row.headers)
    return Record(row.topic, row.partition, row.offset, row.key, headers, row.body)
