"""Kafka in: customers, contacts, environments and partners, as intake publishes them."""

from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    EnvironmentKnown,
    PartnerKnown,
    PersonKnown,
)
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from common.persistence.upsert import upsert_newer
from sla.directory.store import directory
from sla.directory.tables import people


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    event = received.event
    values = {"id": event.customer_id, "key": event.customer, "name": event.name}
    details = {"timezone": event.timezone, "retired": event.retired, "sequence": received.sequence}
    days = {"day_zone": await directory.day_zone(tx, event.timezone)}
    await directory.upsert_customer(tx, values | details | days)


async def on_contact(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Store a contact; one who is erased or has left keeps no address digest."""
    event, is_gone = received.event, received.event.erased or received.event.retired
    values = {"id": event.contact_id, "customer": event.customer, "sequence": received.sequence}
    await directory.upsert_contact(
        tx, values | {"address_digest": None if is_gone else event.address_digest}
    )


async def on_environment(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    event = received.event
    values = {"id": event.environment_id, "key": event.environment, "tier": event.tier}
    details = {
        "customer_id": event.customer_id,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await directory.upsert_environment(tx, values | details)


async def on_person(tx: Connection, received: ReceivedEvent[PersonKnown]) -> None:
    """Store that this person exists: requests may name them from now on (I5)."""
    event = received.event
    row = {"id": event.person_id, "sub": event.sub, "retired": event.retired}
    await upsert_newer(tx, people, row | {"sequence": received.sequence})


async def on_partner(tx: Connection, received: ReceivedEvent[PartnerKnown]) -> None:
    event = received.event
    values = {"id": event.partner_id, "key": event.partner, "name": event.name}
    details = {"retired": event.retired, "sequence": received.sequence}
    await directory.upsert_partner(tx, values | details)
