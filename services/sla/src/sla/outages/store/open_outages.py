"""What is down now, counted and listed without reading every outage of it: a storm has thousands."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from common.persistence.database import Connection
from sla.directory.tables import environments
from sla.outages.domain.scope import Scope
from sla.outages.store.outages import IS_OPEN, is_open_at
from sla.outages.tables import outages


async def has_open_of_ticket(tx: Connection, ticket_id: UUID) -> bool:
    """Whether an open outage belongs to a ticket, of any source."""
    query = select(outages.c.id).where((outages.c.ticket_id == ticket_id) & IS_OPEN)
    return await tx.scalar(query.limit(1)) is not None


async def count_open(tx: Connection, scope: Scope, ticket_id: UUID | None) -> tuple[int, int]:
    """Count the open outages of this very scope, and those of them that have this ticket."""
    # As a parameter: `== None` would count those without a ticket.
    of_ticket = func.count().filter(outages.c.ticket_id == bindparam("ticket", ticket_id, Uuid))
    query = select(func.count(), of_ticket).where(*is_open_at(scope))
    total, with_ticket = (await tx.execute(query)).one()
    return total, with_ticket


async def list_open_scopes(tx: Connection) -> list[Scope]:
    """List the scopes that are down, each once, however many outages say so."""
    names = ("customer_id", "environment", "service", "customer")
    columns = [outages.c[name] for name in names]
    tier = environments.c.key == outages.c.environment
    query = select(*columns, environments.c.tier).join_from(
        outages, environments, tier, isouter=True
    )
    rows = await tx.execute(query.where(IS_OPEN, outages.c.effect == "down").distinct())
    return [Scope(**row._mapping) for row in rows]
