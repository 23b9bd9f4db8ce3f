"""Separate a merged ticket again: one person asks, another confirms that they are two requests (C10). Pure.

Deadlines of the surviving ticket may move back by it, and what was promised for the other one holds
again, so it takes two people (R1).
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import PendingUnmerge, Ticket, check_transition, waits_since


def request_unmerge(
    ticket: Ticket, survivor: Ticket, actor: str, at: datetime, reason: str
) -> Ticket | Rejection:
    """Make the separation pending, until another person confirms it. A later request replaces it.

    It waits since the first one.
    """
    if rejection := _check(ticket, survivor):
        return rejection
    first = waits_since(ticket.pending_unmerge, at)
    return replace(ticket, pending_unmerge=PendingUnmerge(actor, first, reason))


def confirm_unmerge(ticket: Ticket, survivor: Ticket, actor: str) -> Ticket | Rejection:
    """Separate the ticket, on the word of a second person: it is open again, with first level.

    Whom it waited for and to whom it was forwarded ended with the merge.
    """
    if rejection := _check(ticket, survivor):
        return rejection
    pending = ticket.pending_unmerge
    if pending is None:
        return _nothing_pending(ticket)
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked to separate {ticket.key}; another person must confirm it.",
        )
    return replace(
        ticket,
        state="reopened",
        merged_into=None,
        forwarded_to=None,
        partner=None,
        pending_unmerge=None,
        unmerged_by=pending.requested_by,
        unmerged_confirmed_by=actor,
    )


def decline_unmerge(ticket: Ticket) -> Ticket | Rejection:
    """Discard the pending separation. One person is enough, also the one who asked for it."""
    if ticket.pending_unmerge is None:
        return _nothing_pending(ticket)
    return replace(ticket, pending_unmerge=None)


def opened_at_of_survivor(survivor: Ticket, still_merged: Iterable[Ticket]) -> datetime:
    """From when the survivor counts: its opening, or an earlier one of what is still merged into it."""
    return min(one.opened_at for one in (survivor, *still_merged))


def _check(ticket: Ticket, survivor: Ticket) -> Rejection | None:
    if rejection := check_transition(ticket, "unmerge"):
        return rejection
    if survivor.merged_into is None:
        return None
    return Rejection(
        "WRONG_STATE",
        f"{survivor.key}, into which {ticket.key} was merged, is merged itself; separate {survivor.key} first.",
    )


def _nothing_pending(ticket: Ticket) -> Rejection:
    return Rejection("NOTHING_PENDING", f"{ticket.key} has no separation to confirm or decline.")
