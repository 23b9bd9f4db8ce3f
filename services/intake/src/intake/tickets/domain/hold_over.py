"""A ticket that waits for a date goes on when it has come. Pure."""

from datetime import datetime, timedelta
from typing import Final

from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.transitions import resume

MAX_HOLD: Final = timedelta(days=366)
"""How far ahead the date may lie."""


def may_wait_until(until: datetime, at: datetime) -> bool:
    """Whether a ticket may wait for this date: one that is still to come."""
    return at < until <= at + MAX_HOLD


def resume_at_date(ticket: Ticket, at: datetime) -> Ticket | None:
    """Continue with a ticket whose date has come; None where it waits for none, or for a later one."""
    if ticket.state != "on_hold" or ticket.waiting_until is None or ticket.waiting_until > at:
        return None
    after = resume(ticket)
    return after if isinstance(after, Ticket) else None
