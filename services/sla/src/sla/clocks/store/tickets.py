"""Tickets as sla stores them, and their pending inputs, for clocks that start later."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, select, text, update

from common.persistence.database import Connection, asyncpg_connection
from sla.agreements.domain.agreement import Contract
from sla.clocks.domain.clock import InputKind
from sla.clocks.domain.ticket_clock import Ticket
from sla.clocks.ticket_tables import pending_inputs, tickets


@dataclass(frozen=True, slots=True)
class PendingInput:
    """An input of a ticket; `forwarded_to` and `partner` are set for a forwarding alone.

    `contract`: the contract whose clocks it concerns; None: all of them.
    """

    ticket_id: UUID
    kind: InputKind
    at: datetime
    forwarded_to: str | None = None
    partner: str | None = None
    contract: Contract | None = None


_TICKET_COLUMNS = tuple(field.name for field in fields(Ticket))
_PENDING_COLUMNS = tuple(field.name for field in fields(PendingInput))

_UPSERT = """
INSERT INTO tickets (id, key, title, kind, priority, customer_id, customer, environment, service,
    opened_at, agreement_version, agreement)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[],
    $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::uuid[], $12::text[])
ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind,
    priority = excluded.priority, customer_id = excluded.customer_id,
    customer = excluded.customer, environment = excluded.environment,
    service = excluded.service, opened_at = excluded.opened_at,
    agreement_version = excluded.agreement_version, agreement = excluded.agreement
RETURNING sla.now()
"""
_INSERT_PENDING = """
INSERT INTO pending_inputs (ticket_id, ordinal, kind, at, forwarded_to, partner, contract)
SELECT input.ticket_id,
    (SELECT coalesce(max(known.ordinal), 0) FROM pending_inputs known
        WHERE known.ticket_id = input.ticket_id)
    + row_number() OVER (PARTITION BY input.ticket_id ORDER BY number),
    input.kind, input.at, input.forwarded_to, input.partner, input.contract
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
    WITH ORDINALITY AS input (ticket_id, kind, at, forwarded_to, partner, contract, number)
JOIN tickets ON tickets.id = input.ticket_id
ORDER BY input.ticket_id, number
"""
_LOCK = text("SELECT FROM tickets WHERE id = :id FOR UPDATE").bindparams(
    bindparam("id", type_=Uuid)
)
_LOCK_OPEN = text(
    """
    SELECT id, ended_at FROM tickets
    WHERE id IN (SELECT ticket_id FROM clocks WHERE clocks.id = ANY(:clocks)) ORDER BY id FOR UPDATE
    """
).bindparams(bindparam("clocks", type_=ARRAY(Uuid)))


async def upsert(tx: Connection, new_tickets: Sequence[Ticket]) -> datetime:
    """Store tickets, one at least, or their new facts. The moment, their rows being ours: asked
    for by itself, it would cost a hot path a fifteenth of its time."""
    columns = [[getattr(ticket, name) for ticket in new_tickets] for name in _TICKET_COLUMNS]
    at: datetime = await (await asyncpg_connection(tx)).fetchval(_UPSERT, *columns)
    return at


async def update_priority(tx: Connection, id: UUID, priority: str) -> None:
    await tx.execute(update(tickets).where(tickets.c.id == id).values(priority=priority))


async def find(tx: Connection, id_or_key: UUID | str) -> Ticket | None:
    column = tickets.c.id if isinstance(id_or_key, UUID) else tickets.c.key
    row = (await tx.execute(select(tickets).where(column == id_or_key))).one_or_none()
    return ticket_from_row(row) if row else None


async def lock(tx: Connection, id: UUID) -> Ticket | None:
    """The ticket, locked until the transaction ends. It is locked before its clocks."""
    await tx.execute(_LOCK, {"id": id})
    return await find(tx, id)


async def lock_open(tx: Connection, clock_ids: Collection[UUID]) -> set[UUID]:
    """Lock the tickets of these clocks, in the order of ids; answers which of them are open."""
    rows = await tx.execute(_LOCK_OPEN, {"clocks": list(clock_ids)})
    return {row.id for row in rows if row.ended_at is None}


async def add_pending(tx: Connection, inputs: Collection[PendingInput]) -> None:
    """Store pending inputs; those of unknown tickets are left out.

    Locks the tickets, so that no clock starts beside it (see `lock`).
    """
    if inputs:
        columns = [[getattr(one, field.name) for one in inputs] for field in fields(PendingInput)]
        await (await asyncpg_connection(tx)).execute(_INSERT_PENDING, *columns)


async def list_pending(
    tx: Connection, ticket_ids: Collection[UUID]
) -> dict[UUID, list[PendingInput]]:
    """Return the pending inputs of each of these tickets, in order."""
    statement = select(pending_inputs).where(pending_inputs.c.ticket_id.in_(ticket_ids))
    by_ticket: dict[UUID, list[PendingInput]] = {id: [] for id in ticket_ids}
    for row in await tx.execute(
        statement.order_by(pending_inputs.c.ticket_id, pending_inputs.c.ordinal)
    ):
        by_ticket[row.ticket_id].append(
            PendingInput(*(getattr(row, name) for name in _PENDING_COLUMNS))
        )
    return by_ticket


def ticket_from_row(row: Row[Any]) -> Ticket:
    return Ticket(*(getattr(row, name) for name in _TICKET_COLUMNS))


async def get_titles(tx: Connection, ids: Collection[UUID]) -> dict[UUID | None, str]:
    """`OPS-17: The invoice run hangs`, by ticket."""
    rows = await tx.execute(
        select(tickets.c.id, tickets.c.key, tickets.c.title).where(tickets.c.id.in_(ids))
    )
    return {row.id: f"{row.key}: {row.title}" for row in rows}
