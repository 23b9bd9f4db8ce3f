"""Who found an incident first: what the customer found, our monitoring should have (R9). Pure."""

from typing import Final

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import Detection, Ticket

CORRECTABLE: Final = frozenset(
    {"new", "in_progress", "on_hold", "forwarded", "reopened", "resolved"}
)


def correct_detection(ticket: Ticket, detected_by: Detection) -> Ticket | Rejection:
    """Correct who found it first, until the ticket is verified: by then an improvement may be owed."""
    if ticket.state not in CORRECTABLE:
        return Rejection(
            "WRONG_STATE",
            f"{ticket.key} is {ticket.state}; who found it first is corrected before it is verified.",
        )
    return replace(ticket, detected_by=detected_by)


def owes_improvement(ticket: Ticket) -> bool:
    """Whether our monitoring should have found this first: an incident on a known environment."""
    is_incident = ticket.kind == "incident" and ticket.environment_id is not None
    return is_incident and ticket.detected_by == "customer"
