"""Time in: hand-overs that nobody acknowledged, or that did not come back in time (R5)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.domain import SYSTEM
from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.tickets.commands import save_change
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.events import EventSpec
from intake.tickets.handing_over import overdue_event, unacknowledged_event
from intake.tickets.store import hand_overs, tickets


async def on_hand_overs_unacknowledged(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Publish that delivery manager or product owner has not acknowledged what they were told of."""
    await _publish(
        tx,
        due,
        at,
        "ticket.hand_over_unacknowledged",
        unacknowledged_event,
        lambda record: bool(record.unacknowledged),
    )


async def on_hand_overs_overdue(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Publish that second level or a partner has not given a ticket back when it was due."""
    await _publish(
        tx,
        due,
        at,
        "ticket.hand_over_overdue",
        overdue_event,
        lambda record: True,
    )


async def _publish(
    tx: Connection,
    due: Sequence[Due],
    at: datetime,
    action: str,
    event_of: Callable[[HandOver], EventSpec],
    is_owed: Callable[[HandOver], bool],
) -> None:
    """Publish the event about each ticket that is still handed over; they are locked."""
    ids = {deadline.subject for deadline in due}
    known = await tickets.by_ids(tx, ids)
    for record in await hand_overs.list_newest(tx, ids):
        ticket = known[record.ticket_id]
        if ticket.is_open and record.is_with_them and is_owed(record):
            grounds = {"number": record.number}
            await save_change(
                tx, ticket, ticket, SYSTEM, at, action, event_of(record), grounds=grounds
            )
