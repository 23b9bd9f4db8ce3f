"""The actions that change a ticket's state, and who may do them (R1). Pure.

Each takes the ticket and what the decision needs, and returns the changed ticket or a rejection.
Whoever resolves a ticket may neither verify nor reject it.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import (
    NOT_WAITING,
    HandoverTarget,
    State,
    Ticket,
    WaitingOn,
    check_transition,
)


def assign(ticket: Ticket, to: str | None, team: str | None = None) -> Ticket | Rejection:
    """Give the work to a person, or to a team until one of them takes it.

    A ticket on hold or forwarded stays so; with a team alone nobody works on it yet.
    """
    if rejection := check_transition(ticket, "assign"):
        return rejection
    keeps_state = to is None or ticket.state in {"on_hold", "forwarded"}
    state = ticket.state if keeps_state else "in_progress"
    return replace(ticket, state=state, assignee=to, team=team)


def forward(ticket: Ticket, to: HandoverTarget, partner: str | None = None) -> Ticket | Rejection:
    """Hand the work over to second level, or to the partner with this key (R5)."""
    if rejection := check_transition(ticket, "forward"):
        return rejection
    if (to == "partner") != (partner is not None):
        return Rejection(
            "PARTNER_UNCLEAR", "Name the `partner` when, and only when, `to` is partner."
        )
    return replace(
        ticket, state="forwarded", forwarded_to=to, partner=partner, assignee=None, **NOT_WAITING
    )


def hand_back(ticket: Ticket) -> Ticket | Rejection:
    """Return a forwarded ticket to first level (R5)."""
    if rejection := check_transition(ticket, "hand_back"):
        return rejection
    if ticket.forwarded_to is None:
        return Rejection(
            "NOT_FORWARDED", f"{ticket.key} was forwarded to nobody; resume it instead."
        )
    return replace(ticket, state="in_progress", forwarded_to=None, partner=None, **NOT_WAITING)


def record_workaround(ticket: Ticket) -> Ticket | Rejection:
    """Allow a workaround to be recorded; the ticket itself does not change."""
    return check_transition(ticket, "work_around") or ticket


def put_on_hold(
    ticket: Ticket, on: WaitingOn, *, question_asked: bool, until: datetime | None = None
) -> Ticket | Rejection:
    """Put the ticket on hold. `question_asked`: our question is its last public message.

    `until` belongs to a date alone: no clock pauses for that, and the ticket goes on by itself then.

    Waiting on the customer pauses the customer's clock, so it is rejected unless the customer can
    see a question, in words: a pause that only we know of could hide a breach (R1).
    """
    if rejection := check_transition(ticket, "wait"):
        return rejection
    if on == "customer" and not question_asked:
        return Rejection(
            "NOTHING_ASKED",
            f"Nobody has asked the customer of {ticket.key} anything since they last wrote; send the question along as `question`, in words and with a question mark, or reply with it first.",
        )
    return replace(ticket, state="on_hold", waiting_on=on, waiting_until=until)


def resume(ticket: Ticket) -> Ticket | Rejection:
    """Continue with a ticket on hold, where it was before."""
    if rejection := check_transition(ticket, "resume"):
        return rejection
    state: State = "forwarded" if ticket.forwarded_to else "in_progress"
    return replace(ticket, state=state, **NOT_WAITING)


def resolve(ticket: Ticket, actor: str, at: datetime, resolution: str) -> Ticket | Rejection:
    """Mark the ticket as resolved, until a second person verifies or rejects that (R1).

    Nobody has it forwarded any more: should it be opened again, it is with first level (R5).
    """
    if rejection := check_transition(ticket, "resolve"):
        return rejection
    return replace(
        ticket,
        state="resolved",
        forwarded_to=None,
        partner=None,
        **NOT_WAITING,
        pending_downgrade=None,  # the ticket is verified with the priority it was worked on with
        resolution=resolution,
        resolved_by=actor,
        resolved_at=at,
        verified_by=None,
        verified_at=None,
    )


def verify(ticket: Ticket, actor: str, at: datetime) -> Ticket | Rejection:
    """Confirm the resolution, as a second person (R1)."""
    if rejection := check_transition(ticket, "verify"):
        return rejection
    if actor == ticket.resolved_by:
        return Rejection(
            "FOUR_EYES", f"{actor} resolved {ticket.key}; another person must verify it."
        )
    return replace(ticket, state="verified", verified_by=actor, verified_at=at)


def reject(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """Refuse the resolution, as a second person (R1); the ticket is open again."""
    if rejection := check_transition(ticket, "reject"):
        return rejection
    if actor == ticket.resolved_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} resolved {ticket.key}; another person must reject it. Reopen it instead.",
        )
    return _reopen(ticket)


def close(
    ticket: Ticket,
    at: datetime,
    reopenable_for: timedelta,
    *,
    is_change_delivered: bool = False,
    is_problem_settled: bool = False,
) -> Ticket | Rejection:
    """Close a verified ticket; its customer's words open it again for so long.

    A change request closes only when it is delivered, or touches no environment (R7); a problem only when it
    is fixed, or two people give it up.
    """
    if rejection := check_transition(ticket, "close"):
        return rejection
    if ticket.kind == "change_request" and not is_change_delivered:
        return Rejection(
            "NOT_DELIVERED",
            f"{ticket.key} is not delivered. Name its delivery and wait until that is verified; or claim that no environment is touched, and have another person confirm it.",
        )
    if ticket.kind == "problem" and not is_problem_settled:
        return Rejection(
            "PROBLEM_NOT_FIXED",
            f"{ticket.key} is not fixed. Have its fix verified in production; or give the problem up, and have another person confirm that.",
        )
    return replace(
        ticket,
        state="closed",
        closed_at=at,
        reopenable_until=at + reopenable_for,
        pending_reclassification=None,
    )


def reopen(ticket: Ticket, at: datetime) -> Ticket | Rejection:
    """Open a resolved, verified or closed ticket again: what closed it before has to be done anew."""
    if rejection := check_transition(ticket, "reopen"):
        return rejection
    return replace(_reopen(ticket), reopened_at=at)


def _reopen(ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        state="reopened",
        resolution=None,
        resolved_by=None,
        resolved_at=None,
        verified_by=None,
        verified_at=None,
        closed_at=None,
        reopenable_until=None,
    )


def check_splittable(ticket: Ticket) -> Rejection | None:
    """A rejection where nothing can be split from the ticket, else None."""
    if rejection := check_transition(ticket, "split"):
        return rejection
    if ticket.customer_id is None:
        return Rejection("IN_TRIAGE", f"{ticket.key} is in triage; assign its customer first.")
    return None


def on_customer_reply(ticket: Ticket, at: datetime) -> Ticket:
    """The ticket after its customer wrote: resumed if it waited for that, reopened if resolved."""
    if ticket.state == "on_hold" and ticket.waiting_on == "customer":
        return _or_unchanged(resume(ticket), ticket)
    return _or_unchanged(reopen(ticket, at), ticket)


def on_partner_reply(ticket: Ticket) -> Ticket:
    """The ticket after a partner wrote: resumed if it waited for them; nothing else changes."""
    if ticket.state == "on_hold" and ticket.waiting_on == "partner":
        return _or_unchanged(resume(ticket), ticket)
    return ticket


def _or_unchanged(outcome: Ticket | Rejection, unchanged: Ticket) -> Ticket:
    return outcome if isinstance(outcome, Ticket) else unchanged
