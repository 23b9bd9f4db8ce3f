"""Handles events of deliveries, and of customers whose months are to be reviewed."""

from datetime import UTC

from common.events.deliveries import DeliveryEvent, DeliveryKnown
from common.events.directory import CustomerKnown
from common.events.envelope import ReceivedEvent
from common.events.erasures import TicketErased
from common.persistence.database import Connection, transaction_time
from sla.directory.store import customers
from sla.reviews.commands import schedule_reviews
from sla.reviews.domain.report import ChangeLine
from sla.reviews.store import deliveries, reviews


async def on_delivery(tx: Connection, received: ReceivedEvent[DeliveryEvent]) -> None:
    """Store the newest state of a delivery."""
    await _save(tx, received.event)


async def _save(tx: Connection, event: DeliveryEvent) -> None:
    await deliveries.save(tx, event.delivery_id, event.customer, _change_line(event))


async def on_delivery_known(tx: Connection, received: ReceivedEvent[DeliveryKnown]) -> None:
    """Store the announced state where another one, or none, is stored: its instant is less exact."""
    event = received.event
    if not await deliveries.is_in_state(tx, event.delivery_id, event.state):
        await _save(tx, event)


def _change_line(event: DeliveryEvent) -> ChangeLine:
    return ChangeLine(
        event.delivery,
        event.product,
        event.version,
        event.environment,
        event.state,
        event.at.astimezone(UTC),
    )


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    """Schedule the reviews of a customer, whom the directory's handler has stored before."""
    known = await customers.list_by_ids(tx, [received.event.customer_id])
    await schedule_reviews(tx, known, await transaction_time(tx))


async def on_reviewed_ticket_erased(tx: Connection, received: ReceivedEvent[TicketErased]) -> None:
    """Erase the ticket's title in reviews of its customer, published ones among them."""
    event = received.event
    if event.customer_id is not None:
        await reviews.erase_title(tx, event.customer_id, event.ticket)
