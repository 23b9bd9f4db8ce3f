"""Customers as reports speak of them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from common.persistence.database import Connection
from sla.directory.tables import customers


@dataclass(frozen=True, slots=True)
class Named:
    """`timezone` as intake told it, whether or not this machine knows it."""

    id: UUID
    key: str
    name: str
    timezone: str
    retired: bool


async def named(tx: Connection, ids: Collection[UUID]) -> list[Named]:
    """These customers, by key."""
    return await _named(tx, customers.c.id.in_(ids))


async def present(tx: Connection) -> list[Named]:
    """All customers that are not retired, by key."""
    return await _named(tx, ~customers.c.retired)


async def _named(tx: Connection, which: ColumnElement[bool]) -> list[Named]:
    rows = await tx.execute(select(customers).where(which).order_by(customers.c.key))
    return [Named(row.id, row.key, row.name, row.timezone, row.retired) for row in rows]
