"""Queries of customers, environments and partners."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.exc import DBAPIError

from common.persistence.database import Connection, is_transient
from common.telemetry import logger
from sla.directory.tables import contacts, customers, environments, partners

log = logger(__name__)

_ANY_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer by id and key."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with its customer."""

    key: str
    tier: str
    customer: Customer


async def day_zone(tx: Connection, zone: str) -> str:
    """Return `zone` if PostgreSQL knows it, else UTC: in it the days of a customer are counted."""
    try:
        async with tx.begin_nested():
            await tx.execute(select(func.timezone(zone, literal(_ANY_INSTANT))))
    except DBAPIError as error:
        if is_transient(error):
            raise
        log.warning("directory.zone_unknown", zone=zone)
        return "UTC"
    return zone


async def list_unknown_customers(tx: Connection, ids: Collection[UUID]) -> list[UUID]:
    """List those of the ids that are not known yet, in order."""
    known = set(await tx.scalars(select(customers.c.id).where(customers.c.id.in_(ids))))
    return sorted(set(ids) - known)


async def get_customer_ids(tx: Connection, keys: Collection[str]) -> dict[str, UUID]:
    """Return the ids of customers by key; unknown keys are left out."""
    statement = select(customers.c.id, customers.c.key).where(customers.c.key.in_(keys))
    return {row.key: row.id for row in await tx.execute(statement)}


async def get_tiers(tx: Connection, keys: Collection[str]) -> dict[str, str]:
    """Return the tiers of environments by key; unknown keys are left out."""
    if not keys:
        return {}
    statement = select(environments.c.key, environments.c.tier).where(environments.c.key.in_(keys))
    return {row.key: row.tier for row in await tx.execute(statement)}


async def get_customer_tiers(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the tiers of customers by id, of those that have one."""
    has_tier = customers.c.id.in_(ids) & customers.c.tier.is_not(None)
    statement = select(customers.c.id, customers.c.tier).where(has_tier)
    return {row.id: row.tier for row in await tx.execute(statement)}


async def find_environment(tx: Connection, key: str) -> Environment | None:
    """Return the environment with its customer; None while either is unknown."""
    joined = environments.join(customers, customers.c.id == environments.c.customer_id)
    statement = select(environments.c.tier, customers.c.id, customers.c.key).select_from(joined)
    row = (await tx.execute(statement.where(environments.c.key == key))).one_or_none()
    return Environment(key, row.tier, Customer(row.id, row.key)) if row else None


async def find_customer(tx: Connection, id_or_key: UUID | str) -> Customer | None:
    """Return the customer with this id (a UUID) or key (a string)."""
    column = customers.c.id if isinstance(id_or_key, UUID) else customers.c.key
    statement = select(customers.c.id, customers.c.key).where(column == id_or_key)
    row = (await tx.execute(statement)).one_or_none()
    return Customer(row.id, row.key) if row else None


async def contact_exists(tx: Connection, id: UUID) -> bool:
    """Return whether a contact has this id, also one who is erased."""
    return await tx.scalar(select(contacts.c.id).where(contacts.c.id == id)) is not None


async def partner_exists(tx: Connection, key: str) -> bool:
    """Return whether a partner has this key."""
    return await tx.scalar(select(partners.c.id).where(partners.c.key == key)) is not None
