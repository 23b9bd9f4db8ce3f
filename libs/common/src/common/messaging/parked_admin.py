"""Administration of parked records: list what waits and for what, and release it with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from common.messaging.positions import SubjectPosition, lock_positions, save_positions
from common.persistence.database import Connection


@dataclass(frozen=True, slots=True)
class ParkedSubject:
    """A subject with parked records: the first of them, why it waits, and how many there are."""

    id: int
    parked_at: datetime
    topic: str
    source: str
    subject: str
    sequence: int
    reason: str
    attempts: int
    waiting: int


class UnknownParkedRecord(LookupError):
    """No record is parked under this id."""


class NotReleasable(Exception):
    """Another command decides about what this record waits for. Says which."""


_SELECT = text(
    """
    SELECT p.id, p.parked_at, p.topic, p.source, p.subject, p.sequence, p.attempts, p.problem,
        p.waits_source, p.waits_subject, i.sequence AS applied, i.dead_at, s.source AS stopped,
        (SELECT count(*) FROM parked o
         WHERE o.source = p.source AND o.subject = p.subject) AS waiting
    FROM (SELECT DISTINCT source, subject
          FROM (SELECT source, subject FROM parked ORDER BY parked_at LIMIT :limit) oldest) first
    CROSS JOIN LATERAL (SELECT * FROM parked WHERE source = first.source
        AND subject = first.subject ORDER BY sequence LIMIT 1) p
    LEFT JOIN inbox i ON i.source = p.source AND i.subject = p.subject
    LEFT JOIN stopped_sources s ON s.source = p.source
    ORDER BY p.parked_at, p.id
    """
)


async def list_parked(tx: Connection, limit: int = 100) -> list[ParkedSubject]:
    """Return the subjects of the `limit` records that have been parked for longest."""
    return [
        ParkedSubject(
            row.id,
            row.parked_at,
            row.topic,
            row.source,
            row.subject,
            row.sequence,
            _reason(row),
            row.attempts,
            row.waiting,
        )
        for row in await tx.execute(_SELECT, {"limit": limit})
    ]


def _reason(row: Row[Any]) -> str:
    applied = row.applied or 0
    if row.stopped is not None:
        return "its source has sent a sequence twice: see the forks in `dlq list`"
    if row.dead_at is not None:
        return f"waits behind the dead letter of {row.dead_at}: see `dlq list`"
    if row.waits_subject is not None:
        return f"waits for {row.waits_source} {row.waits_subject}"
    if row.problem is not None:
        return f"failed with {row.problem}, is tried again"
    if row.sequence > applied + 1:
        return f"{applied + 1} to {row.sequence - 1} have not come"
    return "is due"


async def release(tx: Connection, parked_id: int) -> str:
    """Let the records of a parked one's subject go on without what they wait for.

    A gap before them is given up, a reference is asked for once more, a delay ends. The running
    service applies them at its next look. Returns the subject. Raises UnknownParkedRecord, or
    NotReleasable where a dead letter or a fork has to be decided first.
    """
    row = (
        await tx.execute(
            text(
                "SELECT p.source, p.subject, (SELECT min(sequence) FROM parked o WHERE"
                " (o.source, o.subject) = (p.source, p.subject)) AS first, EXISTS (SELECT 1 FROM"
                " stopped_sources s WHERE s.source = p.source) AS is_stopped"
                " FROM parked p WHERE id = :id"
            ),
            {"id": parked_id},
        )
    ).one_or_none()
    if row is None:
        raise UnknownParkedRecord(f"no record is parked under {parked_id}; see `parked list`")
    subject = (row.source, row.subject)
    positions = await lock_positions(tx, {subject})
    _check_releasable(row, positions[subject])
    if positions[subject].sequence < row.first - 1:
        positions[subject].move_to(row.first - 1, None)
    await save_positions(tx, positions)
    await tx.execute(
        text(
            "UPDATE parked SET retry_at = statement_timestamp(), attempts = 0, waits_source = NULL,"
            " waits_subject = NULL WHERE source = :source AND subject = :subject"
        ),
        {"source": row.source, "subject": row.subject},
    )
    return f"{row.source} {row.subject}"


def _check_releasable(row: Row[Any], position: SubjectPosition) -> None:
    if row.is_stopped:
        raise NotReleasable(f"{row.source} has sent a sequence twice: settle its forks with `dlq`")
    if position.dead_sequence is not None:
        raise NotReleasable("it waits behind a dead letter: settle that with `dlq`")
