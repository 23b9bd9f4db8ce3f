"""When a customer may escalate, who answers, and by when. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.ticket import OPEN_STATES, Ticket

ESCALATABLE: Final = OPEN_STATES | {"resolved", "verified"}


@dataclass(frozen=True, slots=True)
class CustomerEscalation:
    """`message_id` is why the contact escalates, `answer_id` our answer; `owner` (a `sub`) gives it by `due_at`."""

    id: UUID
    ticket_id: UUID
    message_id: UUID
    escalated_by: str
    escalated_at: datetime
    due_at: datetime
    owner: str | None = None
    answer_id: UUID | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the answer is, or was, later than promised. Equal is in time."""
        return (self.answered_at or at) > self.due_at


def check_escalation(ticket: Ticket, present: CustomerEscalation | None) -> Rejection | None:
    """A rejection where there is nothing to escalate, or somebody answers already, else None."""
    if ticket.state not in ESCALATABLE:
        return Rejection(
            "WRONG_STATE",
            f"{ticket.key} is {ticket.state}; say that it was not solved, or open another ticket.",
        )
    if present is not None:
        due_at = f"{present.due_at:%Y-%m-%d %H:%M} UTC"
        return Rejection(
            "ALREADY_ESCALATED",
            f"{ticket.key} is escalated already; you get an answer by {due_at}.",
        )
    return None


def take(
    present: CustomerEscalation | None, ticket: Ticket, person: str
) -> CustomerEscalation | Rejection:
    """Make this person the one who answers; somebody else may take it over."""
    return _nothing_open(ticket) if present is None else replace(present, owner=person)


def answer(
    present: CustomerEscalation | None, ticket: Ticket, person: str, message: UUID, at: datetime
) -> CustomerEscalation | Rejection:
    """Answer the customer by name. Who answers has taken it by that."""
    if present is None:
        return _nothing_open(ticket)
    return replace(
        present,
        owner=present.owner or person,
        answer_id=message,
        answered_by=person,
        answered_at=at,
    )


def _nothing_open(ticket: Ticket) -> Rejection:
    return Rejection(
        "NOT_ESCALATED", f"No customer waits on {ticket.key} for an answer to an escalation."
    )
