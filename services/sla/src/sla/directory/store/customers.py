"""Customers as reports name them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from common.persistence.database import Connection
from sla.directory.tables import customers


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """A customer. `timezone` is as intake published it, even if this machine does not know it;
    `language` (two letters) is that in which the customer reads."""

    id: UUID
    key: str
    name: str
    timezone: str
    retired: bool
    language: str = "en"


async def list_by_ids(tx: Connection, ids: Collection[UUID]) -> list[CustomerProfile]:
    """List these customers by key."""
    return await _list_where(tx, customers.c.id.in_(ids))


async def list_active(tx: Connection) -> list[CustomerProfile]:
    """List all customers that are not retired, by key."""
    return await _list_where(tx, ~customers.c.retired)


async def list_by_keys(tx: Connection, keys: Collection[str]) -> list[CustomerProfile]:
    """List these customers by key; unknown ones are left out."""
    return await _list_where(tx, customers.c.key.in_(keys))


async def _list_where(tx: Connection, condition: ColumnElement[bool]) -> list[CustomerProfile]:
    rows = await tx.execute(select(customers).where(condition).order_by(customers.c.key))
    return [
        CustomerProfile(row.id, row.key, row.name, row.timezone, row.retired, row.language)
        for row in rows
    ]
