"""Every query about investigations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.investigations.domain import Investigation
from intake.tickets.extending_tables import investigations


async def find_open(tx: Connection, ticket_id: UUID) -> Investigation | None:
    """The investigation of a locked ticket that has not ended; None without one."""
    query = select(investigations).where(
        investigations.c.ticket_id == ticket_id, investigations.c.ended_at.is_(None)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Investigation(**row._mapping)


async def find(tx: Connection, ticket_id: UUID, id: UUID) -> Investigation | None:
    """An investigation of this ticket; None without one."""
    query = select(investigations).where(
        investigations.c.id == id, investigations.c.ticket_id == ticket_id
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Investigation(**row._mapping)


async def page_of_ticket(
    tx: Connection, ticket_id: UUID, after: tuple[UUID] | None, limit: int
) -> Sequence[Investigation]:
    """The investigations of a ticket, oldest first: `limit` and one more."""
    query = select(investigations).where(investigations.c.ticket_id == ticket_id)
    rows = await tx.execute(page_after(query, [investigations.c.id], after, limit))
    return [Investigation(**row._mapping) for row in rows]


async def by_ids(tx: Connection, ids: Sequence[UUID]) -> Sequence[Investigation]:
    """Those of these investigations that exist, by their ids."""
    query = select(investigations).where(investigations.c.id.in_(ids))
    return [Investigation(**row._mapping) for row in await tx.execute(query.order_by("id"))]


async def add(tx: Connection, investigation: Investigation) -> None:
    """Store a new investigation."""
    await tx.execute(insert(investigations).values(_row(investigation)))


async def save(tx: Connection, investigation: Investigation) -> None:
    """Store its end."""
    changed = update(investigations).where(investigations.c.id == investigation.id)
    await tx.execute(changed.values(_row(investigation)))


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, investigations.c.id, ids)


def _row(investigation: Investigation) -> dict[str, Any]:
    return {name: getattr(investigation, name) for name in Investigation.__slots__}
