"""Links between tickets and their counterparts, with their conflicts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.linked_tickets.domain.link import Conflict, LinkedTicket
from intake.linked_tickets.tables import (
    linked_conflicts,
    linked_messages,
    linked_sends,
    linked_tickets,
)


async def find(tx: Connection, id: UUID) -> LinkedTicket | None:
    """The link with this id; None without one."""
    query = select(linked_tickets).where(linked_tickets.c.id == id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _link(row)


async def lock(tx: Connection, id: UUID) -> LinkedTicket | None:
    """The link with this id, locked until the transaction ends; lock its ticket first."""
    query = select(linked_tickets).where(linked_tickets.c.id == id).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _link(row)


async def find_remote(tx: Connection, system: UUID, remote_id: str) -> LinkedTicket | None:
    """The open link to their ticket; None without one."""
    query = select(linked_tickets).where(
        linked_tickets.c.system_id == system,
        linked_tickets.c.remote_id == remote_id,
        linked_tickets.c.state != "ended",
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _link(row)


async def find_open(tx: Connection, ticket: UUID, system: UUID) -> LinkedTicket | None:
    """The oldest open link of a ticket, or of one that was merged into it, to this system; None without one."""
    query = select(linked_tickets).where(
        _is_of(ticket), linked_tickets.c.system_id == system, linked_tickets.c.state != "ended"
    )
    row = (await tx.execute(query.order_by(linked_tickets.c.id).limit(1))).one_or_none()
    return None if row is None else _link(row)


async def of_ticket(tx: Connection, ticket: UUID) -> list[LinkedTicket]:
    """All links of a ticket, and of those that were merged into it, the oldest first."""
    query = select(linked_tickets).where(_is_of(ticket))
    return [_link(row) for row in await tx.execute(query.order_by(linked_tickets.c.id))]


async def page(
    tx: Connection, *, in_conflict: bool, after: tuple[UUID] | None, limit: int
) -> Sequence[LinkedTicket]:
    """Links, the newest first; only those with an open conflict or that failed where `in_conflict`."""
    query = select(linked_tickets)
    if in_conflict:
        open_conflict = exists().where(
            linked_conflicts.c.link_id == linked_tickets.c.id, linked_conflicts.c.decision.is_(None)
        )
        failed = exists().where(
            linked_sends.c.link_id == linked_tickets.c.id, linked_sends.c.state == "failed"
        )
        query = query.where(open_conflict | failed, linked_tickets.c.state != "ended")
    rows = await tx.execute(page_after(query, [linked_tickets.c.id.desc()], after, limit))
    return [_link(row) for row in rows]


async def add(tx: Connection, link: LinkedTicket) -> None:
    """Store a new link."""
    await tx.execute(insert(linked_tickets).values(asdict(link)))


async def save(tx: Connection, link: LinkedTicket) -> None:
    """Store the change of a locked link."""
    await tx.execute(
        update(linked_tickets).where(linked_tickets.c.id == link.id).values(asdict(link))
    )


async def move(tx: Connection, moved: LinkedTicket) -> None:
    """Store of which ticket a locked link is from now on, and no other change of it."""
    one = linked_tickets.c.id == moved.id
    values = {"ticket_id": moved.ticket_id, "earlier_tickets": moved.earlier_tickets}
    await tx.execute(update(linked_tickets).where(one).values(values))


async def add_message(tx: Connection, message: UUID, link: LinkedTicket) -> None:
    """Store that a message came by this link."""
    values = {"message_id": message, "tickets": link.tickets}
    await tx.execute(insert(linked_messages).values(values))


async def add_conflict(tx: Connection, conflict: Conflict) -> None:
    """Store a conflict; one of the same field that is still open takes the newer value."""
    fresher = (
        update(linked_conflicts)
        .where(
            linked_conflicts.c.link_id == conflict.link_id,
            linked_conflicts.c.field == conflict.field,
            linked_conflicts.c.decision.is_(None),
        )
        .values(ours=conflict.ours, theirs=conflict.theirs)
    )
    if not (await tx.execute(fresher)).rowcount:
        await tx.execute(insert(linked_conflicts).values(asdict(conflict)))


async def conflicts_of(tx: Connection, link: UUID) -> list[Conflict]:
    """The conflicts of a link, the oldest first."""
    query = select(linked_conflicts).where(linked_conflicts.c.link_id == link)
    rows = await tx.execute(query.order_by(linked_conflicts.c.id))
    return [Conflict(**row._mapping) for row in rows]


async def save_decision(tx: Connection, conflict: Conflict) -> None:
    """Store who decided a conflict, and how."""
    values = {
        name: getattr(conflict, name) for name in ("decision", "decided_by", "decided_at", "reason")
    }
    one = linked_conflicts.c.id == conflict.id
    await tx.execute(update(linked_conflicts).where(one).values(values))


async def count_sends(tx: Connection, link: UUID) -> Mapping[str, int]:
    """How many sends of a link are in each state."""
    query = select(linked_sends.c.state, func.count().label("number"))
    query = query.where(linked_sends.c.link_id == link).group_by(linked_sends.c.state)
    return {row.state: row.number for row in await tx.execute(query)}


def _is_of(ticket: UUID) -> ColumnElement[bool]:
    family = select(func.merged_family(ticket).column_valued("family"))
    return linked_tickets.c.ticket_id.in_(family)


def _link(row: Row[Any]) -> LinkedTicket:
    return LinkedTicket(**row._mapping)
