"""What ops do with records that were put aside: look, replay here, or skip with a reason."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from common.messaging.dead_letter_queue import stored_record
from common.messaging.inbox import Handlers, Inbox
from common.messaging.positions import advance, lock_places
from common.persistence.database import Connection, Database


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be applied. `waiting` counts those parked behind it."""

    id: int
    died_at: datetime
    topic: str
    type: str | None
    subject: str | None
    sequence: int | None
    code: str
    reason: str
    waiting: int


class NoSuchLetter(LookupError):
    """There is no open dead letter with this id."""


async def list_dead(tx: Connection, limit: int = 100) -> list[DeadLetter]:
    """The open ones, oldest first."""
    found = await tx.execute(
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
    return [DeadLetter(**row._mapping) for row in found]


async def replay(
    database: Database,
    service: str,
    handlers: Handlers,
    ids: Sequence[int],
    note: Callable[[Connection, int], Awaitable[None]] | None = None,
) -> list[int]:
    """Apply dead letters here (never republished), each in its own transaction; answer the ids.

    `note` writes down who did it, in that same transaction.

    Raises NoSuchLetter, or whatever the handler raises: then that letter stays as it was. What
    waits behind it is released by the running service within a second.
    """
    inbox = Inbox(service, handlers)
    for letter in ids:
        async with database.transaction() as tx:
            row = await _open(tx, letter)
            if row.subject is not None:
                subject = (row.source, row.subject)
                place = (await lock_places(tx, {subject}))[subject]
                place.dead_at = None
                await advance(tx, {subject: place})
            taken = await inbox.take(tx, [stored_record(row, None)])
            if taken.dead:
                raise NoSuchLetter(f"dead letter {letter} still cannot be decoded: {row.reason}")
            await _settle(tx, letter, "replayed", None)
            if note is not None:
                await note(tx, letter)
    return list(ids)


async def skip(tx: Connection, letter: int, reason: str) -> None:
    """Give a dead letter up, with the reason; what waits behind it goes on without it."""
    row = await _open(tx, letter)
    if row.subject is not None:
        subject = (row.source, row.subject)
        place = (await lock_places(tx, {subject}))[subject]
        place.sequence, place.dead_at = max(place.sequence, row.sequence), None
        await advance(tx, {subject: place})
    await _settle(tx, letter, "skipped", reason)


async def _open(tx: Connection, letter: int) -> Row[Any]:
    row = (
        await tx.execute(
            text("SELECT * FROM dead_letters WHERE id = :id AND settled_at IS NULL FOR UPDATE"),
            {"id": letter},
        )
    ).one_or_none()
    if row is None:
        raise NoSuchLetter(f"there is no open dead letter {letter}; see `dlq list`")
    return row


async def _settle(tx: Connection, letter: int, how: str, reason: str | None) -> None:
    await tx.execute(
        text(
            "UPDATE dead_letters SET settled_at = statement_timestamp(), settled_as = :how,"
            " settled_because = :reason WHERE id = :id"
        ),
        {"id": letter, "how": how, "reason": reason},
    )
