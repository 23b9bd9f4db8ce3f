"""Kafka in: changes that are booked on reserved hours, or on a sprint instead."""

from datetime import date

from common.events.change_requests import ChangeRequestBooked, ChangeRequestEstimated
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from sla.time_entries.store import bookings


async def on_change_booked(tx: Connection, received: ReceivedEvent[ChangeRequestBooked]) -> None:
    """Store what a change will take of a month; one that is booked on a sprint takes none."""
    event = received.event
    if event.month is None or event.customer_id is None:
        await bookings.unbook(tx, event.ticket_id)
        return
    month = date.fromisoformat(f"{event.month}-01")
    minutes = event.estimate_seconds // 60
    await bookings.book(tx, event.ticket_id, event.customer_id, month, minutes)


async def on_change_estimated(
    tx: Connection, received: ReceivedEvent[ChangeRequestEstimated]
) -> None:
    """Forget the booking: another estimate needs another approval, and is booked anew."""
    await bookings.unbook(tx, received.event.ticket_id)
