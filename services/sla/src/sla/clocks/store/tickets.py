"""Tickets as sla stores them, and their pending inputs, for clocks that start later."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import astuple
from sqlalchemy import ARRAY, Row, Uuid, bindparam, select, text, update

from common.persistence.bulk import Columns, transpose, upsert_sql
from common.persistence.database import Connection, asyncpg_connection
from common.persistence.keys import by_id_or_key
from sla.agreements.domain.agreement import Contract
from sla.clocks.domain.clock import InputKind
from sla.clocks.domain.ticket_clock import Ticket
from sla.clocks.ticket_tables import pending_inputs, tickets


@dataclass(frozen=True, slots=True)
class PendingInput:
    """An input of a ticket. `forwarded_to` and `partner` are set only for a forwarding.

    `contract`: the contract whose clocks it concerns; None: all. `acted_by`: the account of who of our
    people acted, if any.
    """

    ticket_id: UUID
    kind: InputKind
    at: datetime
    forwarded_to: str | None = None
    partner: str | None = None
    contract: Contract | None = None
    acted_by: str | None = None


_TICKET_COLUMNS: Columns = {
    "id": "uuid",
    "key": "text",
    "title": "text",
    "kind": "text",
    "priority": "text",
    "customer_id": "uuid",
    "customer": "text",
    "environment": "text",
    "service": "text",
    "opened_at": "timestamptz",
    "agreement_version": "uuid",
    "agreement": "text",
    "environment_tier": "text",
    "channel": "text",
    "customer_tier": "text",
    "tags": "text",
}
"""The fields of a Ticket, in its order."""
_PENDING_COLUMNS = tuple(field.name for field in fields(PendingInput))

_UPSERT = upsert_sql("tickets", _TICKET_COLUMNS, keep=("key",), returning="sla.now()")
_INSERT_PENDING = """
INSERT INTO pending_inputs (ticket_id, ordinal, kind, at, forwarded_to, partner, contract, acted_by)
SELECT input.ticket_id,
    (SELECT coalesce(max(known.ordinal), 0) FROM pending_inputs known
        WHERE known.ticket_id = input.ticket_id)
    + row_number() OVER (PARTITION BY input.ticket_id ORDER BY number),
    input.kind, input.at, input.forwarded_to, input.partner, input.contract,
    input.acted_by
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY
        AS input (ticket_id, kind, at, forwarded_to, partner, contract, acted_by, number)
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
    """Insert or update tickets, at least one, and return the transaction time after the locks.

    One statement for both: a second one for the time would cost the hot path a fifteenth.
    """
    columns = transpose([astuple(ticket) for ticket in new_tickets], len(_TICKET_COLUMNS))
    at: datetime = await (await asyncpg_connection(tx)).fetchval(_UPSERT, *columns)
    return at


async def update_priority(tx: Connection, id: UUID, priority: str) -> None:
    """Set the priority of a ticket."""
    await tx.execute(update(tickets).where(tickets.c.id == id).values(priority=priority))


async def update_tags(tx: Connection, id: UUID, tags: str) -> None:
    """Set the tags that count for the promises of a ticket."""
    await tx.execute(update(tickets).where(tickets.c.id == id).values(tags=tags))


async def find(tx: Connection, reference: UUID | str) -> Ticket | None:
    """Return the ticket with this id or key."""
    query = select(tickets).where(by_id_or_key(tickets, reference))
    row = (await tx.execute(query)).one_or_none()
    return ticket_from_row(row) if row else None


async def lock(tx: Connection, id: UUID) -> Ticket | None:
    """Lock a ticket and return it. A ticket is locked before its clocks."""
    await tx.execute(_LOCK, {"id": id})
    return await find(tx, id)


async def lock_open(tx: Connection, clock_ids: Collection[UUID]) -> set[UUID]:
    """Lock the tickets of these clocks, in the order of ids; return the ids of the open ones."""
    rows = await tx.execute(_LOCK_OPEN, {"clocks": list(clock_ids)})
    return {row.id for row in rows if row.ended_at is None}


async def add_pending(tx: Connection, inputs: Collection[PendingInput]) -> None:
    """Store pending inputs; those of unknown tickets are left out.

    Locks the tickets, so that no clock starts at the same time (see `lock`).
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
    """Build a ticket from a row with its columns."""
    return Ticket(*(getattr(row, name) for name in _TICKET_COLUMNS))


async def get_titles(
    tx: Connection, ids: Collection[UUID], customer_id: UUID
) -> dict[UUID | None, str]:
    """Return key and title, such as `OPS-17: The invoice run hangs`, by id: of one customer's tickets."""
    query = select(tickets.c.id, tickets.c.key, tickets.c.title).where(
        tickets.c.id.in_(ids), tickets.c.customer_id == customer_id
    )
    return {row.id: f"{row.key}: {row.title}" for row in await tx.execute(query)}


async def set_title(tx: Connection, id: UUID, title: str) -> None:
    """Store another title of a ticket; an unknown ticket has none."""
    await tx.execute(update(tickets).where(tickets.c.id == id).values(title=title))
