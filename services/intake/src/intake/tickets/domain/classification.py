"""Reclassify a ticket, its kind and service: one person asks, another confirms (R1). Pure.

Intake does not know what was promised for which kind and service, and another one may promise
less. So every reclassification takes two people, as a lower priority does (docs/decisions/0691).
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import (
    Kind,
    Nature,
    PendingReclassification,
    Ticket,
    check_transition,
    waits_since,
)


@dataclass(frozen=True, slots=True)
class Classification:
    """A kind and service; None leaves the ticket's own. Only change requests have a nature."""

    kind: Kind | None = None
    nature: Nature | None = None
    service: str | None = None

    def apply_to(self, ticket: Ticket) -> Ticket:
        """The ticket with this kind, nature and service."""
        return replace(
            ticket,
            kind=self.kind or ticket.kind,
            nature=self.nature if self.kind else ticket.nature,
            service=self.service or ticket.service,
        )


def reclassify(
    ticket: Ticket, classification: Classification, actor: str, at: datetime, reason: str
) -> Ticket | Rejection:
    """Make a reclassification pending, until another person confirms it.

    Another request replaces a pending one, and waits since that one did. A request for the present classification withdraws it.
    """
    if rejection := check_transition(ticket, "reclassify"):
        return rejection
    if classification.apply_to(ticket) == ticket:
        return replace(ticket, pending_reclassification=None)
    first = waits_since(ticket.pending_reclassification, at)
    pending = PendingReclassification(
        classification.kind, classification.nature, classification.service, actor, first, reason
    )
    return replace(ticket, pending_reclassification=pending)


def confirm(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """Apply the pending reclassification, on the word of a second person."""
    if rejection := check_transition(ticket, "reclassify"):
        return rejection
    pending = ticket.pending_reclassification
    if pending is None:
        return _nothing_pending(ticket)
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked for the reclassification of {ticket.key}; another person must confirm it.",
        )
    classification = Classification(pending.kind, pending.nature, pending.service)
    return replace(
        classification.apply_to(ticket),
        pending_reclassification=None,
        reclassified_by=pending.requested_by,
        reclassified_confirmed_by=actor,
    )


def decline(ticket: Ticket) -> Ticket | Rejection:
    """Discard the pending reclassification. One person is enough, also the one who asked for it."""
    if ticket.pending_reclassification is None:
        return _nothing_pending(ticket)
    return replace(ticket, pending_reclassification=None)


def _nothing_pending(ticket: Ticket) -> Rejection:
    return Rejection(
        "NOTHING_PENDING", f"{ticket.key} has no reclassification to confirm or decline."
    )
