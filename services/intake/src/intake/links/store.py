"""Every query about links between tickets."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, insert, select, text

from common.persistence.database import Connection
from intake.links.domain import Link, LinkKind
from intake.links.tables import ticket_links

MAX_LINKS: Final = 500
"""Links that one ticket shows, the oldest first."""

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('intake.links/' || :kind, 0))")
_REACHABLE: Final = text(
    """
    WITH RECURSIVE way (id) AS (
        SELECT CAST(:start AS uuid)
        UNION SELECT other_id FROM ticket_links JOIN way ON ticket_id = way.id WHERE kind = :kind)
    SELECT id FROM way
    """
).bindparams(bindparam("start", type_=Uuid))


async def lock_kind(tx: Connection, kind: LinkKind) -> None:
    """Let nobody else make a link of this kind meanwhile: two at a time could close a circle."""
    await tx.execute(_LOCK, {"kind": kind})


async def list_reachable(tx: Connection, kind: LinkKind, start: UUID) -> set[UUID]:
    """The tickets to which links of this kind lead from `start`, itself among them."""
    return set(await tx.scalars(_REACHABLE, {"start": start, "kind": kind}))


async def list_of_ticket(tx: Connection, ticket_id: UUID) -> Sequence[Link]:
    """The links from and to a ticket, oldest first."""
    is_end = (ticket_links.c.ticket_id == ticket_id) | (ticket_links.c.other_id == ticket_id)
    query = select(ticket_links).where(is_end).order_by(ticket_links.c.id).limit(MAX_LINKS)
    return [Link(**row._mapping) for row in await tx.execute(query)]


async def find(tx: Connection, ticket_id: UUID, id: UUID) -> Link | None:
    """A link from or to a ticket, locked; None without one."""
    is_end = (ticket_links.c.ticket_id == ticket_id) | (ticket_links.c.other_id == ticket_id)
    query = select(ticket_links).where(ticket_links.c.id == id, is_end).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Link(**row._mapping)


async def list_follow_ons(tx: Connection, ticket_id: UUID) -> Sequence[UUID]:
    """The tickets that go on after this one, the newest first."""
    goes_on = (ticket_links.c.other_id == ticket_id) & (ticket_links.c.kind == "follows")
    query = select(ticket_links.c.ticket_id).where(goes_on).order_by(ticket_links.c.id.desc())
    return list(await tx.scalars(query.limit(MAX_LINKS)))


async def add(tx: Connection, link: Link) -> None:
    """Store a new link."""
    await tx.execute(insert(ticket_links).values({n: getattr(link, n) for n in Link.__slots__}))


async def remove(tx: Connection, id: UUID) -> None:
    """Delete a link; that it was there stays in the audit trail."""
    await tx.execute(delete(ticket_links).where(ticket_links.c.id == id))
