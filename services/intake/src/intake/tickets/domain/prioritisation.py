"""Change a priority: a higher one takes one person, a lower one two (R1). Pure."""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.priority import Impact, Matrix, Priority, Urgency, is_lower
from intake.tickets.domain.ticket import PendingDowngrade, Ticket, check_transition, waits_since


@dataclass(frozen=True, slots=True)
class PriorityAssessment:
    """A priority, with the impact and urgency from which it was derived, if it was."""

    priority: Priority
    impact: Impact | None = None
    urgency: Urgency | None = None


def assess(matrix: Matrix, impact: Impact, urgency: Urgency) -> PriorityAssessment:
    """The priority that the matrix gives (R5)."""
    return PriorityAssessment(matrix[impact, urgency], impact, urgency)


def prioritise(
    ticket: Ticket, assessment: PriorityAssessment, actor: str, at: datetime, reason: str
) -> Ticket | Rejection:
    """Set a higher priority at once; make a lower one pending, until another person confirms it.

    Another request replaces a pending one, and waits since that one did. A request for the present priority withdraws it.
    """
    if rejection := check_transition(ticket, "prioritise"):
        return rejection
    if is_lower(assessment.priority, ticket.priority):
        first = waits_since(ticket.pending_downgrade, at)
        pending = _pending_downgrade(assessment, actor, first, reason)
        return replace(ticket, pending_downgrade=pending)
    return _apply(ticket, assessment, actor, confirmed_by=None)


def confirm(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """Apply the pending lower priority, on the word of a second person."""
    pending = ticket.pending_downgrade
    if pending is None:
        return Rejection("NOTHING_PENDING", f"{ticket.key} has no lower priority to confirm.")
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked for the lower priority of {ticket.key}; another person must confirm it.",
        )
    assessment = PriorityAssessment(pending.priority, pending.impact, pending.urgency)
    return _apply(ticket, assessment, pending.requested_by, confirmed_by=actor)


def decline(ticket: Ticket) -> Ticket | Rejection:
    """Discard the pending lower priority. One person is enough, also the one who asked for it."""
    if ticket.pending_downgrade is None:
        return Rejection("NOTHING_PENDING", f"{ticket.key} has no lower priority to decline.")
    return replace(ticket, pending_downgrade=None)


def _pending_downgrade(
    assessment: PriorityAssessment, actor: str, at: datetime, reason: str
) -> PendingDowngrade:
    return PendingDowngrade(
        assessment.priority, assessment.impact, assessment.urgency, actor, at, reason
    )


def _apply(
    ticket: Ticket, assessment: PriorityAssessment, actor: str, *, confirmed_by: str | None
) -> Ticket:
    raises = assessment.priority == "blocker" != ticket.priority
    return replace(
        ticket,
        # Whoever of first level makes it a blocker has confirmed it by that (R5).
        blocker_confirmed_by=ticket.blocker_confirmed_by or (actor if raises else None),
        priority=assessment.priority,
        impact=assessment.impact,
        urgency=assessment.urgency,
        priority_by=actor,
        priority_confirmed_by=confirmed_by,
        pending_downgrade=None,
    )
