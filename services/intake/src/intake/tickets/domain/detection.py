"""Who found an incident first: what the customer found, our monitoring should have (R9). Pure.

Better monitoring is owed for what the customer found first. So it takes two people to say that somebody
else did (R1).
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import Detection, PendingDetection, Ticket, waits_since

CORRECTABLE: Final = frozenset(
    {"new", "in_progress", "on_hold", "forwarded", "reopened", "resolved"}
)


def correct_detection(
    ticket: Ticket, detected_by: Detection, actor: str, at: datetime, reason: str
) -> Ticket | Rejection:
    """Correct who found it first, until the ticket is verified: by then an improvement may be owed.

    Away from the customer it is pending until another person confirms it, anything else holds at once. A
    later request replaces a pending one, and waits since that one did; one for the present finder withdraws it.
    """
    if rejection := _check_state(ticket):
        return rejection
    if ticket.detected_by == "customer" != detected_by:
        first = waits_since(ticket.pending_detection, at)
        pending = PendingDetection(detected_by, actor, first, reason)
        return replace(ticket, pending_detection=pending)
    return replace(
        ticket,
        detected_by=detected_by,
        pending_detection=None,
        detection_corrected_by=None,
        detection_confirmed_by=None,
    )


def confirm_detection(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """Apply the pending correction, on the word of a second person."""
    if rejection := _check_state(ticket):
        return rejection
    pending = ticket.pending_detection
    if pending is None:
        return _nothing_pending(ticket)
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} says that the customer did not find {ticket.key} first; another person must confirm it.",
        )
    return replace(
        ticket,
        detected_by=pending.detected_by,
        pending_detection=None,
        detection_corrected_by=pending.requested_by,
        detection_confirmed_by=actor,
    )


def decline_detection(ticket: Ticket) -> Ticket | Rejection:
    """Discard the pending correction. One person is enough, also the one who asked for it."""
    if rejection := _check_state(ticket):
        return rejection
    if ticket.pending_detection is None:
        return _nothing_pending(ticket)
    return replace(ticket, pending_detection=None)


def owes_improvement(ticket: Ticket) -> bool:
    """Whether our monitoring should have found this first: an incident on a known environment."""
    is_incident = ticket.kind == "incident" and ticket.environment_id is not None
    return is_incident and ticket.detected_by == "customer"


def _check_state(ticket: Ticket) -> Rejection | None:
    if ticket.state in CORRECTABLE:
        return None
    return Rejection(
        "WRONG_STATE",
        f"{ticket.key} is {ticket.state}; who found it first is corrected before it is verified.",
    )


def _nothing_pending(ticket: Ticket) -> Rejection:
    return Rejection(
        "NOTHING_PENDING",
        f"{ticket.key} has no correction of who found it first to confirm or decline.",
    )
