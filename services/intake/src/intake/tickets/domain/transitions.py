"""How a ticket moves from state to state, and who may move it (R1). Pure.

Every move takes the ticket and what is needed to judge it, and answers the changed ticket or a
Refusal. Whoever resolves a ticket neither verifies nor rejects it.
"""

from dataclasses import replace
from datetime import datetime

from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.tickets.domain.rejection import Rejection
from intake.tickets.domain.ticket import HandoverTarget, State, Ticket, WaitingOn, check_transition


def assign(ticket: Ticket, to: str, team: str | None = None) -> Ticket | Rejection:
    """Somebody takes the work; a waiting or forwarded ticket stays so."""
    if refusal := check_transition(ticket, "assign"):
        return refusal
    state = ticket.state if ticket.state in {"on_hold", "forwarded"} else "in_progress"
    return replace(ticket, state=state, assignee=to, team=team)


def forward(ticket: Ticket, to: HandoverTarget, partner: str | None = None) -> Ticket | Rejection:
    """Hand the work to second level, or to the partner with this key (R5)."""
    if refusal := check_transition(ticket, "forward"):
        return refusal
    if (to == "partner") != (partner is not None):
        return Rejection(
            "partner-unclear", "Name the `partner` when, and only when, `to` is partner."
        )
    return replace(
        ticket, state="forwarded", forwarded_to=to, partner=partner, assignee=None, waiting_on=None
    )


def hand_back(ticket: Ticket) -> Ticket | Rejection:
    """Second level or the partner is done with it; first level goes on (R5)."""
    if refusal := check_transition(ticket, "hand_back"):
        return refusal
    if ticket.forwarded_to is None:
        return Rejection(
            "not-forwarded", f"{ticket.key} was forwarded to nobody; resume it instead."
        )
    return replace(ticket, state="in_progress", forwarded_to=None, partner=None, waiting_on=None)


def record_workaround(ticket: Ticket) -> Ticket | Rejection:
    """The customer can go on working meanwhile; the ticket stays as it is."""
    return check_transition(ticket, "work_around") or ticket


def put_on_hold(ticket: Ticket, on: WaitingOn, *, question_asked: bool) -> Ticket | Rejection:
    """Wait for somebody. `asked`: our question is the last public word on the ticket.

    Waiting on the customer stops the customer's clock, so it is refused unless the customer can
    see a question: a pause that only we know of could hide a breach (R1).
    """
    if refusal := check_transition(ticket, "wait"):
        return refusal
    if on == "customer" and not question_asked:
        return Rejection(
            "nothing-asked",
            f"Nobody has asked the customer of {ticket.key} anything since they last wrote; send the question along as `question`, or reply first.",
        )
    return replace(ticket, state="on_hold", waiting_on=on)


def resume(ticket: Ticket) -> Ticket | Rejection:
    if refusal := check_transition(ticket, "resume"):
        return refusal
    state: State = "forwarded" if ticket.forwarded_to else "in_progress"
    return replace(ticket, state=state, waiting_on=None)


def resolve(ticket: Ticket, actor: str, at: datetime, resolution: str) -> Ticket | Rejection:
    if refusal := check_transition(ticket, "resolve"):
        return refusal
    return replace(
        ticket,
        state="resolved",
        waiting_on=None,
        pending_downgrade=None,  # whoever verifies judges the ticket as it was worked on
        resolution=resolution,
        resolved_by=actor,
        resolved_at=at,
        verified_by=None,
        verified_at=None,
    )


def verify(ticket: Ticket, actor: str, at: datetime) -> Ticket | Rejection:
    """A second person confirms the resolution (R1)."""
    if refusal := check_transition(ticket, "verify"):
        return refusal
    if actor == ticket.resolved_by:
        return Rejection(
            "four-eyes", f"{actor} resolved {ticket.key}; another person must verify it."
        )
    return replace(ticket, state="verified", verified_by=actor, verified_at=at)


def reject(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """The second person does not accept the resolution; the work goes on."""
    if refusal := check_transition(ticket, "reject"):
        return refusal
    if actor == ticket.resolved_by:
        return Rejection(
            "four-eyes",
            f"{actor} resolved {ticket.key}; another person must judge it. Reopen it instead.",
        )
    return _reopen(ticket)


def close(ticket: Ticket, at: datetime) -> Ticket | Rejection:
    if refusal := check_transition(ticket, "close"):
        return refusal
    return replace(ticket, state="closed", closed_at=at, pending_reclassification=None)


def reopen(ticket: Ticket) -> Ticket | Rejection:
    if refusal := check_transition(ticket, "reopen"):
        return refusal
    return _reopen(ticket)


def merge(ticket: Ticket, into: Ticket) -> Ticket | Rejection:
    """Fold a duplicate into the ticket that survives; both belong to one customer."""
    if refusal := check_transition(ticket, "merge"):
        return refusal
    if ticket.id == into.id:
        return Rejection("merge-into-itself", f"{ticket.key} cannot be merged into itself.")
    if not into.is_open:
        return Rejection("wrong-state", f"{into.key} is {into.state}; merge into an open ticket.")
    if ticket.customer_id != into.customer_id:
        return Rejection(
            "another-customer",
            f"{into.key} belongs to another customer; only tickets of one customer are merged.",
        )
    return replace(
        ticket,
        state="merged",
        merged_into=into.id,
        waiting_on=None,
        pending_downgrade=None,
        pending_reclassification=None,
    )


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
    )


def assign_customer(
    ticket: Ticket, customer: Customer, environment: Environment | None
) -> Ticket | Rejection:
    """A ticket of an unknown sender gets its customer, once."""
    if ticket.customer_id is not None:
        return Rejection(
            "already-triaged", f"{ticket.key} belongs to {ticket.customer} and stays there."
        )
    return replace(
        ticket,
        customer_id=customer.id,
        customer=customer.key,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
    )


def on_customer_reply(ticket: Ticket) -> Ticket:
    """A customer's message resumes a ticket that waited for it, and reopens one that was done."""
    if ticket.state == "on_hold" and ticket.waiting_on == "customer":
        return _or_unchanged(resume(ticket), ticket)
    return _or_unchanged(reopen(ticket), ticket)


def _or_unchanged(outcome: Ticket | Rejection, unchanged: Ticket) -> Ticket:
    return outcome if isinstance(outcome, Ticket) else unchanged
