"""Administration of dead letters: list them, replay them here, or skip them with a reason."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from common.events.envelope import decode_envelope
from common.messaging.dead_letter_queue import FORK, record_from_row
from common.messaging.inbox import Handlers, Inbox
from common.messaging.positions import lock_positions, save_positions
from common.messaging.stopped_sources import resume_source
from common.persistence.database import Connection, Database


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An open dead letter. `waiting` counts the records parked behind it."""

    id: int
    died_at: datetime
    topic: str
    type: str | None
    subject: str | None
    sequence: int | None
    code: str
    reason: str
    waiting: int


class UnknownDeadLetter(LookupError):
    """There is no open dead letter with this id."""


async def list_dead_letters(tx: Connection, limit: int = 100) -> list[DeadLetter]:
    """Return the open dead letters, oldest first."""
    rows = await tx.execute(
        text(
            """
            SELECT id, died_at, topic, type, subject, sequence, code, reason,
                (SELECT count(*) FROM parked p
                 WHERE (p.source, p.subject) = (d.source, d.subject)) AS waiting
            FROM dead_letters d WHERE settled_at IS NULL ORDER BY id LIMIT :limit
            """
        ),
        {"limit": limit},
    )
    return [DeadLetter(**row._mapping) for row in rows]


async def replay(
    database: Database,
    service: str,
    handlers: Handlers,
    ids: Sequence[int],
    record_audit: Callable[[Connection, int], Awaitable[None]] | None = None,
    topic_name: Callable[[str], str] = str,
) -> list[int]:
    """Apply dead letters here (they are not published again), each in its own transaction.

    `record_audit` records who did it, in the same transaction. Returns the ids. Raises
    UnknownDeadLetter, or what the handler raises: then that dead letter stays open. The running
    service applies what waits behind it within a second. A fork is applied on top of what took
    effect before; once no fork of its source is open, that goes on.
    """
    inbox = Inbox(service, handlers, topic_name)
    for dead_letter_id in ids:
        async with database.transaction() as tx:
            row = await _lock_open(tx, dead_letter_id)
            if row.subject is not None and row.code != FORK:
                subject = (row.source, row.subject)
                position = (await lock_positions(tx, {subject}))[subject]
                position.dead_sequence = None
                await save_positions(tx, {subject: position})
            result = await inbox.process(tx, [record_from_row(row)], accept_forks=row.code == FORK)
            if result.dead or result.refused:
                raise UnknownDeadLetter(
                    f"dead letter {dead_letter_id} still cannot be applied: {row.reason}"
                )
            await _settle(tx, row, "replayed", None)
            if record_audit is not None:
                await record_audit(tx, dead_letter_id)
    return list(ids)


async def skip(tx: Connection, dead_letter_id: int, reason: str) -> None:
    """Skip a dead letter for good; what waits behind it is applied without it."""
    row = await _lock_open(tx, dead_letter_id)
    if row.subject is not None and row.code != FORK:
        subject = (row.source, row.subject)
        position = (await lock_positions(tx, {subject}))[subject]
        if row.sequence > position.sequence:
            # The skipped one counts as applied: when it comes again, it is no fork.
            position.move_to(row.sequence, decode_envelope(record_from_row(row).headers).id)
        position.dead_sequence = None
        await save_positions(tx, {subject: position})
    await _settle(tx, row, "skipped", reason)


async def _lock_open(tx: Connection, dead_letter_id: int) -> Row[Any]:
    row = (
        await tx.execute(
            text("SELECT * FROM dead_letters WHERE id = :id AND settled_at IS NULL FOR UPDATE"),
            {"id": dead_letter_id},
        )
    ).one_or_none()
    if row is None:
        raise UnknownDeadLetter(f"there is no open dead letter {dead_letter_id}; see `dlq list`")
    return row


async def _settle(tx: Connection, row: Row[Any], outcome: str, reason: str | None) -> None:
    await tx.execute(
        text(
            "UPDATE dead_letters SET settled_at = statement_timestamp(), settled_as = :how,"
            " settled_because = :reason WHERE id = :id"
        ),
        {"id": row.id, "how": outcome, "reason": reason},
    )
    if row.code == FORK:
        await resume_source(tx, row.source)
