"""Copies of sla's clocks, and what they change in the queue: set-based, for whole batches of events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete

from common.persistence.bulk import Columns, execute_many, insert_sql, unnest
from common.persistence.database import Connection, asyncpg_connection
from intake.queue.tables import promises

_COLUMNS: Final[Columns] = {
    "clock_id": "uuid",
    "ticket_id": "uuid",
    "metric": "text",
    "contract": "text",
    "partner": "text",
    "due_at": "timestamptz",
    "sequence": "bigint",
}
_NEWER_WINS: Final = (
    "(clock_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "clock_id")
    + " WHERE promises.sequence < excluded.sequence"
)
_UPSERT: Final = insert_sql("promises", _COLUMNS, conflict=_NEWER_WINS)
_CHANGE_DUE: Final = (
    "UPDATE promises SET due_at = new.due_at, sequence = new.sequence"
    f" FROM {unnest(_COLUMNS, 'new')}"
    " WHERE promises.clock_id = new.clock_id AND promises.sequence < new.sequence"
)
_LOCK_TICKETS: Final = "SELECT id FROM tickets WHERE id = ANY ($1::uuid[]) ORDER BY id FOR SHARE"
_ENTER: Final = (
    "INSERT INTO queue_entries SELECT * FROM queue_rows($1::uuid[]) ON CONFLICT (ticket_id) DO "
)
_ENTER_NEW: Final = _ENTER + "NOTHING"
_MOVE: Final = _ENTER + (
    "UPDATE SET due_at = excluded.due_at, metric = excluded.metric, contract = excluded.contract,"
    " partner = excluded.partner"
)


class ClockRow(NamedTuple):
    """A clock that runs or is paused, in the order of the columns."""

    clock_id: UUID
    ticket_id: UUID
    metric: str
    contract: str
    partner: str | None
    due_at: datetime | None
    sequence: int


async def save(tx: Connection, rows: Sequence[ClockRow]) -> None:
    """Store clocks, unless what is stored is as new, and move their tickets in the queue."""
    await execute_many(tx, _UPSERT, rows)
    await _move(tx, {row.ticket_id for row in rows})


async def change_due(tx: Connection, rows: Sequence[ClockRow]) -> None:
    """The same for clocks that are known; those that have ended stay away."""
    await execute_many(tx, _CHANGE_DUE, rows)
    await _move(tx, {row.ticket_id for row in rows})


async def remove(tx: Connection, ended: Collection[tuple[UUID, UUID]]) -> None:
    """Remove clocks that ended, each with its ticket's id, and move these tickets in the queue."""
    await tx.execute(delete(promises).where(promises.c.clock_id.in_([clock for clock, _ in ended])))
    await _move(tx, {ticket for _, ticket in ended})


async def enter_new(tx: Connection, tickets: Collection[UUID]) -> None:
    """Put tickets into the queue that are open and do not stand there yet."""
    await _write(tx, _ENTER_NEW, tickets)


async def _move(tx: Connection, tickets: Collection[UUID]) -> None:
    await _write(tx, _MOVE, tickets)


async def _write(tx: Connection, statement: str, tickets: Collection[UUID]) -> None:
    """Locked first, and read by a statement of its own: what changes meanwhile is not written over."""
    connection = await asyncpg_connection(tx)
    await connection.execute(_LOCK_TICKETS, list(tickets))
    await connection.execute(statement, list(tickets))
