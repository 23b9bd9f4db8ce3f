"""What is open for a caller, read across tickets."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, select

from common.persistence.database import Connection
from intake.directory.tables import environments
from intake.tickets.domain.priority import PRIORITIES
from intake.tickets.domain.ticket_key import format_key
from intake.tickets.store.ticket_filter import IS_OPEN
from intake.tickets.tables import tickets

MAX_SHOWN: Final = 10
"""Open tickets that are shown of one caller."""


async def list_open(tx: Connection, customer_id: UUID, contact_id: UUID) -> list[Mapping[str, Any]]:
    """The open tickets of a customer: the contact's own first, then by priority, then the newest.

    Each with its `key`, the key of its `environment`, and whether it `is_own`.
    """
    is_own = (tickets.c.contact_id == contact_id).is_(True)
    rank = case({name: index for index, name in enumerate(PRIORITIES)}, value=tickets.c.priority)
    query = (
        select(tickets, environments.c.key.label("environment"), is_own.label("is_own"))
        .select_from(tickets.outerjoin(environments, environments.c.id == tickets.c.environment_id))
        .where(tickets.c.customer_id == customer_id, IS_OPEN)
        .order_by(is_own.desc(), rank, tickets.c.id.desc())
        .limit(MAX_SHOWN)
    )
    rows = await tx.execute(query)
    return [{**row._mapping, "key": format_key(row.number)} for row in rows]


async def count_open(tx: Connection, customer_id: UUID) -> int:
    """How many tickets of this customer are open."""
    query = select(func.count()).where(tickets.c.customer_id == customer_id, IS_OPEN)
    return int(await tx.scalar(query) or 0)
