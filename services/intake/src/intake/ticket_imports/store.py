"""Every query about imported tickets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, text

from common.persistence.database import Connection
from intake.directory.tables import customers, people
from intake.ticket_imports.domain.imported import Source
from intake.ticket_imports.tables import imported_tickets

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:source, 6))")


async def lock_known(tx: Connection, source: Source, ids: Collection[str]) -> dict[str, UUID]:
    """The tickets of those ids that were imported before; nobody imports from this source meanwhile."""
    await tx.execute(_LOCK, {"source": source})
    query = select(imported_tickets.c.external_id, imported_tickets.c.ticket_id).where(
        imported_tickets.c.source == source, imported_tickets.c.external_id.in_(ids)
    )
    return {external_id: id for external_id, id in await tx.execute(query)}


async def add(
    tx: Connection,
    source: Source,
    external_id: str,
    ticket_id: UUID,
    opened_there_at: datetime,
    imported_at: datetime,
    imported_by: str,
) -> None:
    """Store which ticket became which."""
    row = {
        "source": source,
        "external_id": external_id,
        "ticket_id": ticket_id,
        "opened_there_at": opened_there_at,
        "imported_at": imported_at,
        "imported_by": imported_by,
    }
    await tx.execute(insert(imported_tickets).values(row))


async def has_ended(tx: Connection, customer: UUID) -> bool:
    """Whether the customer was ended."""
    return bool(await tx.scalar(select(customers.c.retired).where(customers.c.id == customer)))


async def staff_by_name(tx: Connection, names: Sequence[str]) -> dict[str, str]:
    """The `sub`s of our people with these addresses (normalised) or `sub`s, by what was asked."""
    query = select(people.c.sub, people.c.email).where(
        ~people.c.retired, people.c.email.in_(names) | people.c.sub.in_(names)
    )
    found: dict[str, str] = {}
    for sub, email in await tx.execute(query):
        found |= {sub: sub, email: sub}
    return found
