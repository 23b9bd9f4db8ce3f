"""What sla keeps of tickets, and what it hears of those in triage, which have no promise yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update

from common.database import Connection, raw
from sla.clocks.clock import InputKind
from sla.clocks.tracked import Ticket
from sla.tables.tickets import early_inputs, tickets


@dataclass(frozen=True, slots=True)
class Early:
    """Something heard during triage; `forwarded_to` and `partner` of a forwarding alone."""

    ticket_id: UUID
    kind: InputKind
    at: datetime
    forwarded_to: str | None = None
    partner: str | None = None


_FACTS = tuple(field.name for field in fields(Ticket))

_KEEP = """
INSERT INTO tickets (id, key, title, kind, priority, customer_id, customer, environment, service,
    opened_at, agreement_version, agreement)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[],
    $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::uuid[], $12::text[])
ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind,
    priority = excluded.priority, customer_id = excluded.customer_id,
    customer = excluded.customer, environment = excluded.environment,
    service = excluded.service, opened_at = excluded.opened_at,
    agreement_version = excluded.agreement_version, agreement = excluded.agreement
"""
_ADD_EARLY = """
INSERT INTO early_inputs (ticket_id, ordinal, kind, at, forwarded_to, partner)
SELECT heard.ticket_id, (SELECT coalesce(max(known.ordinal), 0) + 1 FROM early_inputs known
    WHERE known.ticket_id = heard.ticket_id),
    heard.kind, heard.at, heard.forwarded_to, heard.partner
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
    AS heard (ticket_id, kind, at, forwarded_to, partner)
JOIN tickets ON tickets.id = heard.ticket_id AND tickets.customer_id IS NULL
"""


async def keep(tx: Connection, kept: Sequence[Ticket]) -> None:
    """Store tickets, or their new facts, by one statement."""
    columns = [[getattr(ticket, field.name) for ticket in kept] for field in fields(Ticket)]
    await (await raw(tx)).execute(_KEEP, *columns)


async def reprioritise(tx: Connection, id: UUID, priority: str) -> None:
    await tx.execute(update(tickets).where(tickets.c.id == id).values(priority=priority))


async def find(tx: Connection, id_or_key: UUID | str) -> Ticket | None:
    column = tickets.c.id if isinstance(id_or_key, UUID) else tickets.c.key
    row = (await tx.execute(select(tickets).where(column == id_or_key))).one_or_none()
    return ticket_of(row) if row else None


async def hear_early(tx: Connection, heard: Collection[Early]) -> None:
    """Keep what was heard of tickets in triage, of each one thing; of others it is nothing to us."""
    columns = [[getattr(one, field.name) for one in heard] for field in fields(Early)]
    await (await raw(tx)).execute(_ADD_EARLY, *columns)


async def take_early(tx: Connection, ticket_id: UUID) -> list[Early]:
    """What was heard during triage, in order; it is not kept any longer."""
    mine = early_inputs.c.ticket_id == ticket_id
    kept = select(early_inputs).where(mine).order_by(early_inputs.c.ordinal)
    heard = [
        Early(row.ticket_id, row.kind, row.at, row.forwarded_to, row.partner)
        for row in await tx.execute(kept)
    ]
    await tx.execute(delete(early_inputs).where(mine))
    return heard


def ticket_of(row: Row[Any]) -> Ticket:
    return Ticket(*(getattr(row, name) for name in _FACTS))


async def titles(tx: Connection, ids: Collection[UUID]) -> dict[UUID | None, str]:
    """`OPS-17: The invoice run hangs`, by ticket."""
    rows = await tx.execute(
        select(tickets.c.id, tickets.c.key, tickets.c.title).where(tickets.c.id.in_(ids))
    )
    return {row.id: f"{row.key}: {row.title}" for row in rows}
