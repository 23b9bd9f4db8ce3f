"""What intake says about customers, contacts, environments and partners: the newest state wins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Table, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from common.auth import Contact, address_digest
from common.persistence.database import Connection, is_transient
from common.telemetry import logger
from sla.directory.tables import contacts, customers, environments, partners

log = logger(__name__)

_ANY_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)

CONTACT_NAME = "a contact"
"""What a contact is called here: their name stays in intake."""


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class Environment:
    key: str
    tier: str
    customer: Customer


async def day_zone(tx: Connection, zone: str) -> str:
    """The zone in which PostgreSQL counts the days of somebody in `zone`: UTC if it knows none."""
    try:
        async with tx.begin_nested():
            await tx.execute(select(func.timezone(zone, literal(_ANY_INSTANT))))
    except DBAPIError as error:
        if is_transient(error):
            raise
        log.warning("directory.zone_unknown", zone=zone)
        return "UTC"
    return zone


async def upsert_customer(tx: Connection, values: dict[str, object]) -> None:
    await _upsert(tx, customers, values)


async def upsert_environment(tx: Connection, values: dict[str, object]) -> None:
    await _upsert(tx, environments, values)


async def upsert_partner(tx: Connection, values: dict[str, object]) -> None:
    await _upsert(tx, partners, values)


async def upsert_contact(tx: Connection, values: dict[str, object]) -> None:
    await _upsert(tx, contacts, values)


async def find_contact(tx: Connection, address: str) -> Contact | None:
    """The contact with this address. Two that claim one (it is moving from one to the other, and
    the word of one of them is under way) are none: nobody may see another customer's data."""
    condition = contacts.c.address_digest == address_digest(address)
    rows = (await tx.execute(select(contacts.c.id, contacts.c.customer).where(condition))).all()
    return Contact(rows[0].id, CONTACT_NAME, rows[0].customer) if len(rows) == 1 else None


async def _upsert(tx: Connection, table: Table, values: dict[str, object]) -> None:
    statement = insert(table).values(values)
    updates = {name: statement.excluded[name] for name in values if name != "id"}
    is_newer = table.c.sequence < statement.excluded.sequence
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=updates, where=is_newer)
    )


async def list_unknown_customers(tx: Connection, ids: Collection[UUID]) -> list[UUID]:
    """Those of the ids that are unknown so far, in order."""
    known = set(await tx.scalars(select(customers.c.id).where(customers.c.id.in_(ids))))
    return sorted(set(ids) - known)


async def get_customer_ids(tx: Connection, keys: Collection[str]) -> dict[str, UUID]:
    """Ids by key; a key that is nobody's is left out."""
    statement = select(customers.c.id, customers.c.key).where(customers.c.key.in_(keys))
    return {row.key: row.id for row in await tx.execute(statement)}


async def find_environment(tx: Connection, key: str) -> Environment | None:
    """The environment with its customer; None while either is unknown."""
    joined = environments.join(customers, customers.c.id == environments.c.customer_id)
    statement = select(environments.c.tier, customers.c.id, customers.c.key).select_from(joined)
    row = (await tx.execute(statement.where(environments.c.key == key))).one_or_none()
    return Environment(key, row.tier, Customer(row.id, row.key)) if row else None


async def find_customer(tx: Connection, id_or_key: UUID | str) -> Customer | None:
    column = customers.c.id if isinstance(id_or_key, UUID) else customers.c.key
    statement = select(customers.c.id, customers.c.key).where(column == id_or_key)
    row = (await tx.execute(statement)).one_or_none()
    return Customer(row.id, row.key) if row else None


async def partner_exists(tx: Connection, key: str) -> bool:
    return await tx.scalar(select(partners.c.id).where(partners.c.key == key)) is not None
