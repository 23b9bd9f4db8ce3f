"""Every query about watchers of tickets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.watchers.domain import Watcher
from intake.watchers.tables import ticket_watchers


async def list_of_ticket(
    tx: Connection, ticket_id: UUID, *, contacts_only: bool
) -> Sequence[Watcher]:
    """The watchers of a ticket in the order in which they were added."""
    query = select(ticket_watchers).where(ticket_watchers.c.ticket_id == ticket_id)
    if contacts_only:
        query = query.where(ticket_watchers.c.contact_id.is_not(None))
    return [Watcher(**row._mapping) for row in await tx.execute(query.order_by("id"))]


async def count(tx: Connection, ticket_id: UUID) -> int:
    """How many watch the ticket."""
    query = select(func.count()).where(ticket_watchers.c.ticket_id == ticket_id)
    return await tx.scalar(query) or 0


async def add(tx: Connection, watcher: Watcher) -> bool:
    """Store a watcher. False where they watch the ticket already."""
    values = {name: getattr(watcher, name) for name in Watcher.__slots__}
    statement = insert(ticket_watchers).values(values).on_conflict_do_nothing()
    return (await tx.execute(statement)).rowcount == 1


async def find(tx: Connection, ticket_id: UUID, id: UUID) -> Watcher | None:
    """A watcher of this ticket; None without one."""
    query = select(ticket_watchers).where(
        ticket_watchers.c.id == id, ticket_watchers.c.ticket_id == ticket_id
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Watcher(**row._mapping)


async def find_same(tx: Connection, watcher: Watcher) -> Watcher:
    """The stored watcher who is the same person or contact."""
    query = select(ticket_watchers).where(
        ticket_watchers.c.ticket_id == watcher.ticket_id,
        ticket_watchers.c.person.is_not_distinct_from(watcher.person),
        ticket_watchers.c.contact_id.is_not_distinct_from(watcher.contact_id),
    )
    return Watcher(**(await tx.execute(query)).one()._mapping)


async def page_of_watched(
    tx: Connection,
    person: str | None,
    contact_id: UUID | None,
    after: tuple[UUID] | None,
    limit: int,
) -> Sequence[UUID]:
    """The tickets that a person or a contact watches, the newest first: `limit` and one more."""
    is_theirs = (
        ticket_watchers.c.person == person
        if contact_id is None
        else ticket_watchers.c.contact_id == contact_id
    )
    query = select(ticket_watchers.c.ticket_id).where(is_theirs)
    order = [ticket_watchers.c.ticket_id.desc()]
    return list(await tx.scalars(page_after(query, order, after, limit)))


async def remove(tx: Connection, id: UUID) -> None:
    """Delete a watcher; that they watched stays in the audit trail."""
    await tx.execute(delete(ticket_watchers).where(ticket_watchers.c.id == id))
