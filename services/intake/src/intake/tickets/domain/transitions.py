"""How a ticket moves from state to state, and who may move it (R1). Pure.

Every move takes the ticket and what is needed to judge it, and answers the changed ticket or a
Refusal. Whoever resolves a ticket neither verifies nor rejects it.
"""

from dataclasses import replace
from datetime import datetime

from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.tickets.domain.rejection import Refusal
from intake.tickets.domain.ticket import Behind, State, Ticket, Waiting, permits


def assign(ticket: Ticket, to: str, team: str | None = None) -> Ticket | Refusal:
    """Somebody takes the work; a waiting or forwarded ticket stays so."""
    if refusal := permits(ticket, "assign"):
        return refusal
    state = ticket.state if ticket.state in {"waiting", "forwarded"} else "in_progress"
    return replace(ticket, state=state, assignee=to, team=team)


def forward(ticket: Ticket, to: Behind, partner: str | None = None) -> Ticket | Refusal:
    """Hand the work to second level, or to the partner with this key (R5)."""
    if refusal := permits(ticket, "forward"):
        return refusal
    if (to == "partner") != (partner is not None):
        return Refusal(
            "partner-unclear",
            "Name the `partner` when, and only when, `to` is partner.",
        )
    return replace(
        ticket,
        state="forwarded",
        forwarded_to=to,
        partner=partner,
        assignee=None,
        waiting_on=None,
    )


def hand_back(ticket: Ticket) -> Ticket | Refusal:
    """Second level or the partner is done with it; first level goes on (R5)."""
    if refusal := permits(ticket, "hand_back"):
        return refusal
    if ticket.forwarded_to is None:
        return Refusal("not-forwarded", f"{ticket.key} was forwarded to nobody; resume it instead.")
    return replace(ticket, state="in_progress", forwarded_to=None, partner=None, waiting_on=None)


def work_around(ticket: Ticket) -> Ticket | Refusal:
    """The customer can go on working meanwhile; the ticket stays as it is."""
    return permits(ticket, "work_around") or ticket


def wait(ticket: Ticket, on: Waiting, *, asked: bool) -> Ticket | Refusal:
    """Wait for somebody. `asked`: our question is the last public word on the ticket.

    Waiting on the customer stops the customer's clock, so it is refused unless the customer can
    see a question: a pause that only we know of could hide a breach (R1).
    """
    if refusal := permits(ticket, "wait"):
        return refusal
    if on == "customer" and not asked:
        return Refusal(
            "nothing-asked",
            f"Nobody has asked the customer of {ticket.key} anything since they last wrote; "
            "send the question along as `question`, or reply first.",
        )
    return replace(ticket, state="waiting", waiting_on=on)


def resume(ticket: Ticket) -> Ticket | Refusal:
    if refusal := permits(ticket, "resume"):
        return refusal
    state: State = "forwarded" if ticket.forwarded_to else "in_progress"
    return replace(ticket, state=state, waiting_on=None)


def resolve(ticket: Ticket, by: str, at: datetime, resolution: str) -> Ticket | Refusal:
    if refusal := permits(ticket, "resolve"):
        return refusal
    return replace(
        ticket,
        state="resolved",
        waiting_on=None,
        lowering=None,  # whoever verifies judges the ticket as it was worked on
        resolution=resolution,
        resolved_by=by,
        resolved_at=at,
        verified_by=None,
        verified_at=None,
    )


def verify(ticket: Ticket, by: str, at: datetime) -> Ticket | Refusal:
    """A second person confirms the resolution (R1)."""
    if refusal := permits(ticket, "verify"):
        return refusal
    if by == ticket.resolved_by:
        return Refusal(
            "four-eyes",
            f"{by} resolved {ticket.key}; another person must verify it.",
        )
    return replace(ticket, state="verified", verified_by=by, verified_at=at)


def reject(ticket: Ticket, by: str) -> Ticket | Refusal:
    """The second person does not accept the resolution; the work goes on."""
    if refusal := permits(ticket, "reject"):
        return refusal
    if by == ticket.resolved_by:
        return Refusal(
            "four-eyes",
            f"{by} resolved {ticket.key}; another person must judge it. Reopen it instead.",
        )
    return _open_again(ticket)


def close(ticket: Ticket, at: datetime) -> Ticket | Refusal:
    if refusal := permits(ticket, "close"):
        return refusal
    return replace(ticket, state="closed", closed_at=at, correction=None)


def reopen(ticket: Ticket) -> Ticket | Refusal:
    if refusal := permits(ticket, "reopen"):
        return refusal
    return _open_again(ticket)


def merge(ticket: Ticket, into: Ticket) -> Ticket | Refusal:
    """Fold a duplicate into the ticket that survives; both belong to one customer."""
    if refusal := permits(ticket, "merge"):
        return refusal
    if ticket.id == into.id:
        return Refusal("merge-into-itself", f"{ticket.key} cannot be merged into itself.")
    if not into.is_open:
        return Refusal("wrong-state", f"{into.key} is {into.state}; merge into an open ticket.")
    if ticket.customer_id != into.customer_id:
        return Refusal(
            "another-customer",
            f"{into.key} belongs to another customer; only tickets of one customer are merged.",
        )
    return replace(
        ticket,
        state="merged",
        merged_into=into.id,
        waiting_on=None,
        lowering=None,
        correction=None,
    )


def _open_again(ticket: Ticket) -> Ticket:
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
) -> Ticket | Refusal:
    """A ticket of an unknown sender gets its customer, once."""
    if ticket.customer_id is not None:
        return Refusal(
            "already-triaged", f"{ticket.key} belongs to {ticket.customer} and stays there."
        )
    return replace(
        ticket,
        customer_id=customer.id,
        customer=customer.key,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
    )


def customer_spoke(ticket: Ticket) -> Ticket:
    """A customer's message resumes a ticket that waited for it, and reopens one that was done."""
    if ticket.state == "waiting" and ticket.waiting_on == "customer":
        return _moved(resume(ticket), ticket)
    return _moved(reopen(ticket), ticket)


def _moved(outcome: Ticket | Refusal, otherwise: Ticket) -> Ticket:
    return outcome if isinstance(outcome, Ticket) else otherwise
