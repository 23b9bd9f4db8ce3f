"""What on tickets waits for a second person, and since when (R1). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from intake.tickets.domain.detection import CORRECTABLE
from intake.tickets.domain.ticket import (
    PendingDetection,
    PendingDowngrade,
    PendingReclassification,
    PendingUnmerge,
    Ticket,
)

EscalatedKind = Literal[
    "verify", "confirm_priority", "confirm_classification", "confirm_detection", "confirm_unmerge"
]
Pending = PendingDetection | PendingDowngrade | PendingReclassification | PendingUnmerge
PATIENCE: Final = timedelta(hours=8)
"""How long something may wait for a second person before it is escalated."""


def waiting_since(ticket: Ticket) -> dict[EscalatedKind, datetime]:
    """What of this ticket waits for a second person and is escalated in time, with since when.

    A blocker that waits for its confirmation is none of these: escalation pages for it at once.
    """
    pending: Mapping[EscalatedKind, Pending | None] = {
        "confirm_priority": ticket.pending_downgrade,
        "confirm_classification": ticket.pending_reclassification,
        "confirm_detection": ticket.pending_detection if ticket.state in CORRECTABLE else None,
        "confirm_unmerge": ticket.pending_unmerge,
    }
    found: dict[EscalatedKind, datetime] = {
        kind: one.requested_at for kind, one in pending.items() if one is not None
    }
    if ticket.state == "resolved" and ticket.resolved_at is not None:
        found["verify"] = ticket.resolved_at
    return found


def overdue(ticket: Ticket, at: datetime) -> dict[EscalatedKind, datetime]:
    """What of this ticket has waited too long at this instant, with since when."""
    return {kind: since for kind, since in waiting_since(ticket).items() if since + PATIENCE <= at}


def next_overdue(ticket: Ticket, at: datetime) -> datetime | None:
    """The next instant after `at` at which something has waited too long; None without one."""
    ends = (since + PATIENCE for since in waiting_since(ticket).values())
    return min((end for end in ends if end > at), default=None)
