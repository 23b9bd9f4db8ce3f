"""Changes that are booked on the reserved hours of a month."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete

from common.persistence.database import Connection
from common.persistence.upsert import upsert
from sla.time_entries.store.time_entries import find_agreement_id
from sla.time_entries.tables import reserved_hours_bookings


async def book(
    tx: Connection, ticket_id: UUID, customer_id: UUID, month: date, minutes: int
) -> None:
    """Book a change on a month, instead of where it was booked before."""
    row = {
        "ticket_id": ticket_id,
        "agreement_id": await find_agreement_id(tx, ticket_id),
        "customer_id": customer_id,
        "month": month,
        "minutes": minutes,
    }
    await upsert(tx, reserved_hours_bookings, row, key=("ticket_id",))


async def unbook(tx: Connection, ticket_id: UUID) -> None:
    """Forget the booking of a change that is on no reserved hours any more."""
    b = reserved_hours_bookings
    await tx.execute(delete(b).where(b.c.ticket_id == ticket_id))
