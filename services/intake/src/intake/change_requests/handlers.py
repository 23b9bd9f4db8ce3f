"""Kafka in: deliveries of the gate, which end the changes that they bring (R7)."""

from common.domain import Actor
from common.events.change_requests import ChangeRequestDelivered
from common.events.deliveries import DeliveryEvent
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection, transaction_time
from intake.change_requests import store
from intake.tickets.commands import save_change
from intake.tickets.events import event_spec
from intake.tickets.store import tickets

GATE = Actor("opsdesk/delivery-gate")
"""Who acts where the gate announced it."""


async def on_delivery(tx: Connection, received: ReceivedEvent[DeliveryEvent]) -> None:
    """Store the newest state of a delivery; a verified one delivers the changes that name it."""
    event = received.event
    delivered_at = event.at if event.state == "delivered" else None
    row = {
        "id": event.delivery_id,
        "key": event.delivery,
        "customer": event.customer,
        "environment": event.environment,
        "product": event.product,
        "version": event.version,
        "state": event.state,
        "delivered_at": delivered_at,
        "sequence": received.sequence,
    }
    await store.save_delivery(tx, row)
    if delivered_at is not None:
        for id in await store.list_undelivered(tx, event.delivery):
            await _deliver(tx, str(id), event)


async def _deliver(tx: Connection, ticket_id: str, event: DeliveryEvent) -> None:
    ticket = await tickets.lock(tx, ticket_id)
    assert ticket is not None, "a foreign key"
    at = await transaction_time(tx)
    await store.mark_delivered(tx, ticket.id, event.at)
    spec = event_spec(ChangeRequestDelivered, delivery=event.delivery, delivered_at=event.at)
    grounds = {"delivery": event.delivery}
    await save_change(
        tx, ticket, ticket, GATE, at, "change_request.delivered", spec, grounds=grounds
    )
