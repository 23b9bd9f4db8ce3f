"""Correcting what a ticket is, its kind and service: one person asks, another confirms (R1). Pure.

Intake does not know what was promised for which kind and service, and any other one may promise
less. So every correction takes two, as lowering a priority does (docs/decisions/0691).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import Correction, Kind, Nature, Ticket, permits


@dataclass(frozen=True, slots=True)
class Classification:
    """What a ticket is said to be. None: as it stands. A change request, and nothing else, has a
    nature."""

    kind: Kind | None = None
    nature: Nature | None = None
    service: str | None = None

    def of(self, ticket: Ticket) -> Ticket:
        """The ticket as this says it is."""
        return replace(
            ticket,
            kind=self.kind or ticket.kind,
            nature=self.nature if self.kind else ticket.nature,
            service=self.service or ticket.service,
        )


def reclassify(
    ticket: Ticket, wanted: Classification, by: str, at: datetime, reason: str
) -> Ticket | Refusal:
    """The correction becomes pending, until `confirm` by another person.

    Asking again replaces what was pending. Asking for what stands withdraws it.
    """
    if refusal := permits(ticket, "reclassify"):
        return refusal
    if wanted.of(ticket) == ticket:
        return replace(ticket, correction=None)
    asked = Correction(wanted.kind, wanted.nature, wanted.service, by, at, reason)
    return replace(ticket, correction=asked)


def confirm(ticket: Ticket, by: str) -> Ticket | Refusal:
    """The second person agrees: the correction takes effect."""
    if refusal := permits(ticket, "reclassify"):
        return refusal
    pending = ticket.correction
    if pending is None:
        return _nothing_pending(ticket)
    if by == pending.asked_by:
        return Refusal(
            "four-eyes",
            f"{by} asked for the correction of {ticket.key}; another person must confirm it.",
        )
    wanted = Classification(pending.kind, pending.nature, pending.service)
    return replace(
        wanted.of(ticket),
        correction=None,
        reclassified_by=pending.asked_by,
        reclassified_confirmed_by=by,
    )


def decline(ticket: Ticket) -> Ticket | Refusal:
    """Anybody may stop a correction, also the one who asked: keeping the promise needs one person."""
    if ticket.correction is None:
        return _nothing_pending(ticket)
    return replace(ticket, correction=None)


def _nothing_pending(ticket: Ticket) -> Refusal:
    return Refusal("nothing-pending", f"{ticket.key} has no correction to confirm or decline.")
