"""People, customers and environments, as intake announces them."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, update

from common.events.catalogue import ServiceCatalogued
from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.persistence.database import Connection
from common.persistence.upsert import upsert
from escalation.directory.domain import (
    AT_ONCE,
    FALLBACK_CONTACT,
    Channel,
    NotificationRule,
    Person,
    PersonalSettings,
    StoredSettings,
)
from escalation.directory.tables import (
    customers,
    environments,
    people,
    personal_settings,
    services,
)

CHANNELS_ADAPTER: TypeAdapter[tuple[Channel, ...]] = TypeAdapter(tuple[Channel, ...])
RULES_ADAPTER: TypeAdapter[tuple[NotificationRule, ...]] = TypeAdapter(tuple[NotificationRule, ...])


async def upsert_person(tx: Connection, event: PersonKnown) -> None:
    row = {
        "sub": event.sub,
        "name": event.name,
        "email": event.email,
        "phone": event.phone,
        "timezone": event.timezone,
        "roles": sorted(set(event.roles)),
        "retired": event.retired,
    }
    await upsert(tx, people, row, key=("sub",))


async def upsert_customer(tx: Connection, event: CustomerKnown) -> None:
    row = {
        "id": event.customer_id,
        "key": event.customer,
        "name": event.name,
        "timezone": event.timezone,
        "retired": event.retired,
    }
    await upsert(tx, customers, row)


async def upsert_environment(tx: Connection, event: EnvironmentKnown) -> None:
    row = {
        "id": event.environment_id,
        "key": event.environment,
        "customer": event.customer,
        "tier": event.tier,
        "name": event.name,
        "retired": event.retired,
    }
    await upsert(tx, environments, row)


async def upsert_service(tx: Connection, event: ServiceCatalogued) -> None:
    row = {"id": event.service_id, "key": event.service, "retired": event.retired}
    await upsert(tx, services, row)


async def set_fallback_email(tx: Connection, address: str) -> None:
    """Store the address of the fallback contact, which the settings give."""
    await tx.execute(update(people).where(people.c.sub == FALLBACK_CONTACT).values(email=address))


async def get_tier(tx: Connection, environment: str) -> str | None:
    """The tier of an environment by key; None where intake has not announced it."""
    query = select(environments.c.tier).where(environments.c.key == environment)
    return await tx.scalar(query.order_by(environments.c.retired, environments.c.id).limit(1))


async def names_of_accounts(tx: Connection, accounts: Collection[str]) -> Mapping[str, str]:
    """The names of those of these accounts that are people, by account."""
    query = select(people.c.sub, people.c.name).where(people.c.sub.in_(accounts))
    return {row.sub: row.name for row in await tx.execute(query)}


async def list_phones(
    tx: Connection, subs: Collection[str]
) -> Mapping[str, tuple[str, str | None]]:
    """Name and number of those of these people who are still here, by `sub`."""
    query = select(people.c.sub, people.c.name, people.c.phone)
    rows = await tx.execute(query.where(people.c.sub.in_(subs), ~people.c.retired))
    return {row.sub: (row.name, row.phone) for row in rows}


async def list_roles(tx: Connection) -> dict[str, frozenset[str]]:
    """The roles of everybody who can be notified, by `sub`."""
    active = select(people.c.sub, people.c.roles).where(~people.c.retired)
    return {row.sub: frozenset(row.roles) for row in await tx.execute(active)}


async def find_roles(tx: Connection, sub: str) -> frozenset[str]:
    """The roles of a person; none of somebody who has left or is not known."""
    query = select(people.c.roles).where(people.c.sub == sub, ~people.c.retired)
    return frozenset(await tx.scalar(query) or ())


async def load_people(tx: Connection, subs: set[str]) -> dict[str, Person]:
    """These people and the fallback contact, by `sub`; those who have left are missing."""
    rows = await tx.execute(
        select(people, personal_settings.c.channels, personal_settings.c.rules)
        .outerjoin(personal_settings, personal_settings.c.sub == people.c.sub)
        .where(people.c.sub.in_({*subs, FALLBACK_CONTACT}), ~people.c.retired)
    )
    return {row.sub: _person(row) for row in rows}


async def get_settings(tx: Connection, sub: str, *, lock: bool = False) -> StoredSettings:
    """The settings of a person, locked if asked for; those of somebody who has set none are the default ones."""
    query = select(personal_settings).where(personal_settings.c.sub == sub)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        return StoredSettings()
    return StoredSettings(
        _settings({"channels": row.channels, "rules": row.rules}),
        None if row.pending is None else _settings(row.pending),
        row.pending_by,
        row.pending_at,
        row.changed_by,
        row.confirmed_by,
        row.sequence,
    )


async def save_settings(tx: Connection, sub: str, settings: StoredSettings) -> None:
    """Store the settings of a person."""
    row = {
        "sub": sub,
        **settings_as_json(settings.present),
        "pending": None if settings.pending is None else settings_as_json(settings.pending),
        "pending_by": settings.pending_by,
        "pending_at": settings.pending_at,
        "changed_by": settings.changed_by,
        "confirmed_by": settings.confirmed_by,
        "sequence": settings.sequence,
    }
    await upsert(tx, personal_settings, row, key=("sub",))


def settings_as_json(settings: PersonalSettings) -> dict[str, Any]:
    """The settings as they are stored."""
    return {
        "channels": CHANNELS_ADAPTER.dump_python(settings.channels, mode="json"),
        "rules": RULES_ADAPTER.dump_python(settings.rules, mode="json"),
    }


def _settings(stored: Mapping[str, Any]) -> PersonalSettings:
    return PersonalSettings(
        CHANNELS_ADAPTER.validate_python(stored["channels"]),
        RULES_ADAPTER.validate_python(stored["rules"]),
    )


async def find_customer_name(tx: Connection, key: str) -> str | None:
    return await tx.scalar(select(customers.c.name).where(customers.c.key == key))


def _person(row: Any) -> Person:
    personal = CHANNELS_ADAPTER.validate_python(row.channels) if row.channels else ()
    work = (Channel("email", row.email),) if row.email else ()
    channels = tuple(dict.fromkeys((*personal, *work)))
    rules = RULES_ADAPTER.validate_python(row.rules) if row.rules else AT_ONCE
    return Person(row.sub, row.name, row.timezone, channels, rules)
