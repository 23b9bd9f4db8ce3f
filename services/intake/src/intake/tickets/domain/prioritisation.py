"""Changing a priority: raising takes one person, lowering takes two (R1). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from intake.tickets.domain.priority import Impact, Priority, Urgency, is_lower, priority_of
from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import Lowering, Ticket, permits


@dataclass(frozen=True, slots=True)
class Judgement:
    """A priority with the impact and urgency it follows from, where it follows from them."""

    priority: Priority
    impact: Impact | None = None
    urgency: Urgency | None = None


def judged(impact: Impact, urgency: Urgency) -> Judgement:
    return Judgement(priority_of(impact, urgency), impact, urgency)


def prioritise(
    ticket: Ticket, wanted: Judgement, by: str, at: datetime, reason: str
) -> Ticket | Refusal:
    """Raise at once; a lowering only becomes pending, until `confirm` by another person.

    Asking again replaces what was pending. Asking for the present priority withdraws it.
    """
    if refusal := permits(ticket, "prioritise"):
        return refusal
    if is_lower(wanted.priority, ticket.priority):
        return replace(ticket, lowering=_lowering(wanted, by, at, reason))
    return _apply(ticket, wanted, by, confirmed_by=None)


def confirm(ticket: Ticket, by: str) -> Ticket | Refusal:
    """The second person agrees: the lower priority takes effect."""
    pending = ticket.lowering
    if pending is None:
        return Refusal("nothing-pending", f"{ticket.key} has no lower priority to confirm.")
    if by == pending.asked_by:
        return Refusal(
            "four-eyes",
            f"{by} asked for the lower priority of {ticket.key}; another person must confirm it.",
        )
    wanted = Judgement(pending.priority, pending.impact, pending.urgency)
    return _apply(ticket, wanted, pending.asked_by, confirmed_by=by)


def decline(ticket: Ticket) -> Ticket | Refusal:
    """Anybody may stop a lowering, also the one who asked: keeping the promise needs one person."""
    if ticket.lowering is None:
        return Refusal("nothing-pending", f"{ticket.key} has no lower priority to decline.")
    return replace(ticket, lowering=None)


def _lowering(wanted: Judgement, by: str, at: datetime, reason: str) -> Lowering:
    return Lowering(wanted.priority, wanted.impact, wanted.urgency, by, at, reason)


def _apply(ticket: Ticket, wanted: Judgement, by: str, *, confirmed_by: str | None) -> Ticket:
    return replace(
        ticket,
        priority=wanted.priority,
        impact=wanted.impact,
        urgency=wanted.urgency,
        priority_by=by,
        priority_confirmed_by=confirmed_by,
        lowering=None,
    )
