"""What intake says about customers, environments and partners: the newest state wins."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from common.database import Connection
from sla.tables.directory import customers, environments, partners


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    key: str


async def keep_customer(tx: Connection, told: dict[str, object]) -> None:
    await _keep(tx, customers, told)


async def keep_environment(tx: Connection, told: dict[str, object]) -> None:
    await _keep(tx, environments, told)


async def keep_partner(tx: Connection, told: dict[str, object]) -> None:
    await _keep(tx, partners, told)


async def _keep(tx: Connection, table: Table, told: dict[str, object]) -> None:
    added = insert(table).values(told)
    changed = {name: added.excluded[name] for name in told if name != "id"}
    newer = table.c.sequence < added.excluded.sequence
    await tx.execute(added.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))


async def unknown_customers(tx: Connection, ids: Collection[UUID]) -> list[UUID]:
    """Those of the ids that nobody has told of yet, in order."""
    known = set(await tx.scalars(select(customers.c.id).where(customers.c.id.in_(ids))))
    return sorted(set(ids) - known)


async def customer_ids(tx: Connection, keys: Collection[str]) -> dict[str, UUID]:
    """Ids by key; a key that is nobody's is left out."""
    found = select(customers.c.id, customers.c.key).where(customers.c.key.in_(keys))
    return {row.key: row.id for row in await tx.execute(found)}


async def find_customer(tx: Connection, id_or_key: UUID | str) -> Customer | None:
    column = customers.c.id if isinstance(id_or_key, UUID) else customers.c.key
    found = select(customers.c.id, customers.c.key).where(column == id_or_key)
    row = (await tx.execute(found)).one_or_none()
    return Customer(row.id, row.key) if row else None
