"""Customers, environments and partners, as intake tells of them."""

from common.events.directory import ContactKnown, CustomerKnown, EnvironmentKnown, PartnerKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection, transaction_time
from sla.directory.store import customers, directory
from sla.reviews.commands import expect


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    event = received.event
    told = {"id": event.customer_id, "key": event.customer, "name": event.name}
    more = {"timezone": event.timezone, "retired": event.retired, "sequence": received.sequence}
    days = {"day_zone": await directory.zone_of_days(tx, event.timezone)}
    await directory.keep_customer(tx, told | more | days)
    await expect(tx, await customers.named(tx, [event.customer_id]), await transaction_time(tx))


async def on_contact(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Who is erased or has left is nobody for whom the portal speaks."""
    event, gone = received.event, received.event.erased or received.event.retired
    told = {"id": event.contact_id, "customer": event.customer, "sequence": received.sequence}
    await directory.keep_contact(
        tx, told | {"address_digest": None if gone else event.address_digest}
    )


async def on_environment(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    event = received.event
    told = {"id": event.environment_id, "key": event.environment, "tier": event.tier}
    more = {
        "customer_id": event.customer_id,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await directory.keep_environment(tx, told | more)


async def on_partner(tx: Connection, received: ReceivedEvent[PartnerKnown]) -> None:
    event = received.event
    told = {"id": event.partner_id, "key": event.partner, "name": event.name}
    more = {"retired": event.retired, "sequence": received.sequence}
    await directory.keep_partner(tx, told | more)
