"""Time in: what has waited too long for a second person, and what waited for a date."""

from collections.abc import Sequence
from datetime import datetime

from common.domain import SYSTEM
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from intake.tickets.commands import SECOND_EYES, save_change
from intake.tickets.domain.hold_over import resume_at_date
from intake.tickets.domain.second_eyes import next_overdue, overdue
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import resumed_event, second_eyes_overdue
from intake.tickets.store import tickets


async def on_second_eyes_overdue(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Publish what waits on each ticket, and look again when the next has waited too long."""
    found = await tickets.by_ids(tx, [deadline.subject for deadline in due])
    for ticket in found.values():
        await _report(tx, ticket, at)
    again = [Deadline(SECOND_EYES, id, next_overdue(one, at)) for id, one in found.items()]
    await schedule(tx, [deadline for deadline in again if deadline.due_at is not None])


async def on_holds_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Go on with each ticket whose date has come, unless somebody did so before."""
    found = await tickets.by_ids(tx, [deadline.subject for deadline in due])
    for before in found.values():
        after = resume_at_date(before, at)
        if after is not None:
            await save_change(tx, before, after, SYSTEM, at, "ticket.resume", resumed_event(before))


async def _report(tx: Connection, ticket: Ticket, at: datetime) -> None:
    """A ticket on which somebody has looked meanwhile is left alone."""
    waits = overdue(ticket, at)
    if not waits:
        return
    action, grounds = "ticket.second_eyes_overdue", {"waits_for": sorted(waits)}
    event = second_eyes_overdue(waits)
    await save_change(tx, ticket, ticket, SYSTEM, at, action, event, grounds=grounds)
