"""Handles events of deliveries, and of customers whose months are to be reviewed."""

from datetime import UTC

from common.events.deliveries import DeliveryEvent
from common.events.directory import CustomerKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection, transaction_time
from sla.directory.store import customers
from sla.reviews.commands import schedule_reviews
from sla.reviews.domain.report import ChangeLine
from sla.reviews.store import deliveries


async def on_delivery(tx: Connection, received: ReceivedEvent[DeliveryEvent]) -> None:
    """Store the newest state of a delivery."""
    event = received.event
    change = ChangeLine(
        event.delivery,
        event.product,
        event.version,
        event.environment,
        event.state,
        event.at.astimezone(UTC),
    )
    await deliveries.save(tx, event.delivery_id, event.customer, change)


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    """Schedule the reviews of a customer, whom the directory's handler has stored before."""
    known = await customers.list_by_ids(tx, [received.event.customer_id])
    await schedule_reviews(tx, known, await transaction_time(tx))
