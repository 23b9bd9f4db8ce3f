"""What on tickets waits for a second person, and since when (R1). Pure."""

from datetime import datetime, timedelta
from typing import Final, Literal

from intake.tickets.domain.ticket import Ticket

EscalatedKind = Literal["verify", "confirm_priority", "confirm_classification"]
PATIENCE: Final = timedelta(hours=8)
"""How long something may wait for a second person before it is escalated."""


def waiting_since(ticket: Ticket) -> dict[EscalatedKind, datetime]:
    """What of this ticket waits for a second person and is escalated in time, with since when.

    A blocker that waits for its confirmation is none of these: escalation pages for it at once.
    """
    downgrade, reclassification = ticket.pending_downgrade, ticket.pending_reclassification
    found: dict[EscalatedKind, datetime | None] = {
        "verify": ticket.resolved_at if ticket.state == "resolved" else None,
        "confirm_priority": downgrade.requested_at if downgrade else None,
        "confirm_classification": reclassification.requested_at if reclassification else None,
    }
    return {kind: at for kind, at in found.items() if at is not None}


def overdue(ticket: Ticket, at: datetime) -> dict[EscalatedKind, datetime]:
    """What of this ticket has waited too long at this instant, with since when."""
    return {kind: since for kind, since in waiting_since(ticket).items() if since + PATIENCE <= at}


def next_overdue(ticket: Ticket, at: datetime) -> datetime | None:
    """The next instant after `at` at which something has waited too long; None without one."""
    ends = (since + PATIENCE for since in waiting_since(ticket).values())
    return min((end for end in ends if end > at), default=None)
