"""Kafka in: customers, contacts, environments, partners, people and teams; the newest state of each wins."""

from common.auth.contacts import address_digests
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    EnvironmentKnown,
    PartnerKnown,
    PersonKnown,
    TeamKnown,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from common.persistence.upsert import upsert_newer
from sla.directory.store.directory import day_zone
from sla.directory.tables import contacts, customers, environments, partners, people, teams


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    """Store a customer, with the zone in which PostgreSQL counts the customer's days."""
    event = received.event
    row = {
        "id": event.customer_id,
        "key": event.customer,
        "name": event.name,
        "timezone": event.timezone,
        "language": event.language,
        "day_zone": await day_zone(tx, event.timezone),
        "tier": event.tier,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, customers, row)


async def on_contact(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Store a contact with the digests of all addresses; an erased or retired one has none."""
    event = received.event
    row = {
        "id": event.contact_id,
        "customer": event.customer,
        "address_digests": address_digests(event),
        "sequence": received.sequence,
    }
    await upsert_newer(tx, contacts, row)


async def on_environment(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    """Store an environment."""
    event = received.event
    row = {
        "id": event.environment_id,
        "key": event.environment,
        "customer_id": event.customer_id,
        "tier": event.tier,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, environments, row)


async def on_person(tx: Connection, received: ReceivedEvent[PersonKnown]) -> None:
    """Store a person with their name: requests may name them from now on (I5)."""
    event = received.event
    row = {
        "id": event.person_id,
        "sub": event.sub,
        "name": event.name,
        "retired": event.retired,
        "of_partner": event.of_partner,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, people, row)


async def on_team(tx: Connection, received: ReceivedEvent[TeamKnown]) -> None:
    """Store a team of the house: filters may name it from now on (I5)."""
    event = received.event
    row = {
        "id": event.team_id,
        "key": event.team,
        "name": event.name,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, teams, row)


async def on_partner(tx: Connection, received: ReceivedEvent[PartnerKnown]) -> None:
    """Store a partner."""
    event = received.event
    row = {
        "id": event.partner_id,
        "key": event.partner,
        "name": event.name,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, partners, row)
