"""People, customers and environments, as intake tells them."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert

from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.persistence.database import Connection
from escalation.notifications.domain.notification import AT_ONCE, HOUSE, Channel, Person, Rule
from escalation.tables import customers, environments, people, personal_settings

CHANNELS: TypeAdapter[tuple[Channel, ...]] = TypeAdapter(tuple[Channel, ...])
RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(tuple[Rule, ...])


async def put_person(tx: Connection, known: PersonKnown) -> None:
    row = {
        "sub": known.sub,
        "name": known.name,
        "email": known.email,
        "timezone": known.timezone,
        "roles": sorted(set(known.roles)),
        "retired": known.retired,
    }
    await _put(tx, people, people.c.sub, row)


async def put_customer(tx: Connection, known: CustomerKnown) -> None:
    row = {
        "id": known.customer_id,
        "key": known.customer,
        "name": known.name,
        "timezone": known.timezone,
        "retired": known.retired,
    }
    await _put(tx, customers, customers.c.id, row)


async def put_environment(tx: Connection, known: EnvironmentKnown) -> None:
    row = {
        "id": known.environment_id,
        "key": known.environment,
        "customer": known.customer,
        "tier": known.tier,
        "name": known.name,
        "retired": known.retired,
    }
    await _put(tx, environments, environments.c.id, row)


async def _put(tx: Connection, table: Table, key: Column[Any], row: Mapping[str, Any]) -> None:
    new = insert(table).values(**row)
    await tx.execute(new.on_conflict_do_update(index_elements=[key], set_=row))


async def put_house(tx: Connection, address: str) -> None:
    """The address of the last resort, from the settings."""
    await tx.execute(update(people).where(people.c.sub == HOUSE).values(email=address))


async def tier_of(tx: Connection, environment: str) -> str | None:
    """The tier of an environment by key; None where it has not been heard of."""
    found = select(environments.c.tier).where(environments.c.key == environment)
    return await tx.scalar(found.order_by(environments.c.retired, environments.c.id).limit(1))


async def roles(tx: Connection) -> dict[str, frozenset[str]]:
    """Everybody who can be told, with their roles."""
    present = select(people.c.sub, people.c.roles).where(~people.c.retired)
    return {row.sub: frozenset(row.roles) for row in await tx.execute(present)}


async def known(tx: Connection, subs: set[str]) -> dict[str, Person]:
    """These people and the house as they want to be told; who is gone is left out."""
    found = await tx.execute(
        select(people, personal_settings.c.channels, personal_settings.c.rules)
        .outerjoin(personal_settings, personal_settings.c.sub == people.c.sub)
        .where(people.c.sub.in_({*subs, HOUSE}), ~people.c.retired)
    )
    return {row.sub: _person(row) for row in found}


async def put_settings(
    tx: Connection, sub: str, channels: tuple[Channel, ...], rules: tuple[Rule, ...]
) -> None:
    row = {
        "sub": sub,
        "channels": CHANNELS.dump_python(channels, mode="json"),
        "rules": RULES.dump_python(rules, mode="json"),
    }
    await _put(tx, personal_settings, personal_settings.c.sub, row)


async def customer_exists(tx: Connection, key: str) -> bool:
    found = await tx.scalar(select(func.count()).where(customers.c.key == key))
    return bool(found)


def _person(row: Any) -> Person:
    own = CHANNELS.validate_python(row.channels) if row.channels else ()
    work = (Channel("email", row.email),) if row.email else ()
    channels = tuple(dict.fromkeys((*own, *work)))
    rules = RULES.validate_python(row.rules) if row.rules else AT_ONCE
    return Person(row.sub, row.name, row.timezone, channels, rules)
