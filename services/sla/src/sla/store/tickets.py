"""What sla keeps of tickets, and what it hears of those in triage, which have no promise yet."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Row, Text, Uuid, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.database import Connection
from sla.clock import InputKind
from sla.tables import early_inputs, tickets
from sla.tracked import Ticket

Early = tuple[UUID, InputKind, datetime]
"""Ticket, kind and time of something heard during triage."""

_ADD_EARLY = text(
    """
    INSERT INTO early_inputs (ticket_id, ordinal, kind, at)
    SELECT heard.ticket_id, coalesce(max(known.ordinal), 0) + 1, heard.kind, heard.at
    FROM unnest(:ids, :kinds, :ats) AS heard (ticket_id, kind, at)
    JOIN tickets ON tickets.id = heard.ticket_id AND tickets.customer_id IS NULL
    LEFT JOIN early_inputs known USING (ticket_id)
    GROUP BY heard.ticket_id, heard.kind, heard.at
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("ats", type_=ARRAY(DateTime(timezone=True))),
)


async def keep(tx: Connection, kept: Sequence[Ticket]) -> None:
    """Store tickets, or their new facts."""
    added = insert(tickets)
    changed = {c.name: added.excluded[c.name] for c in tickets.c if c.name != "id"}
    await tx.execute(
        added.on_conflict_do_update(index_elements=["id"], set_=changed),
        [asdict(ticket) for ticket in kept],
    )


async def reprioritise(tx: Connection, id: UUID, priority: str) -> None:
    await tx.execute(update(tickets).where(tickets.c.id == id).values(priority=priority))


async def find(tx: Connection, id_or_key: UUID | str) -> Ticket | None:
    column = tickets.c.id if isinstance(id_or_key, UUID) else tickets.c.key
    row = (await tx.execute(select(tickets).where(column == id_or_key))).one_or_none()
    return ticket_of(row) if row else None


async def hear_early(tx: Connection, heard: Collection[Early]) -> None:
    """Keep what was heard of tickets in triage; what is about others is nothing to us."""
    ids, kinds, ats = zip(*heard, strict=True)
    await tx.execute(_ADD_EARLY, {"ids": list(ids), "kinds": list(kinds), "ats": list(ats)})


async def take_early(tx: Connection, ticket_id: UUID) -> list[tuple[InputKind, datetime]]:
    """What was heard during triage, in order; it is not kept any longer."""
    mine = early_inputs.c.ticket_id == ticket_id
    kept = select(early_inputs).where(mine).order_by(early_inputs.c.ordinal)
    heard: list[tuple[InputKind, datetime]] = [(r.kind, r.at) for r in await tx.execute(kept)]
    await tx.execute(delete(early_inputs).where(mine))
    return heard


def ticket_of(row: Row[Any]) -> Ticket:
    return Ticket(**{field.name: getattr(row, field.name) for field in fields(Ticket)})
