"""Changes on their way to customers' environments, as delivery-gate tells of them."""

from datetime import UTC

from common.events.deliveries import DeliveryEvent
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from sla.reviews.domain.report import ChangeLine
from sla.reviews.store import deliveries


async def on_delivery(tx: Connection, received: ReceivedEvent[DeliveryEvent]) -> None:
    event = received.event
    change = ChangeLine(
        event.delivery,
        event.product,
        event.version,
        event.environment,
        event.state,
        event.at.astimezone(UTC),
    )
    await deliveries.upsert(tx, event.delivery_id, event.customer, change)
