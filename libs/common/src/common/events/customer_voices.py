"""Events of intake about what customers say of our work: escalations and feedback, on `opsdesk.tickets`."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent


class TicketFeedbackGiven(TicketEvent):
    """A contact (`by`) said whether the ticket was `solved`, with a `rating` from 1 to 5 if they gave one."""

    type: ClassVar[str] = "opsdesk.ticket.feedback_given.v1"
    solved: bool
    rating: int | None = None


class CustomerEscalationEvent(TicketEvent):
    """An event about a customer who escalates a ticket: a named person answers by `due_at`.

    `owner` is the `sub` of that person, None until somebody has taken it.
    """

    escalation_id: UUID
    due_at: AwareDatetime
    owner: str | None


class TicketEscalatedByCustomer(CustomerEscalationEvent):
    """A contact (`by`) escalated the ticket. Their reason stays in intake."""

    type: ClassVar[str] = "opsdesk.ticket.escalated_by_customer.v1"


class CustomerEscalationTaken(CustomerEscalationEvent):
    """`owner` is the person who answers the customer."""

    type: ClassVar[str] = "opsdesk.ticket.customer_escalation_taken.v1"


class CustomerEscalationAnswered(CustomerEscalationEvent):
    """`by` answered the customer with the message `message_id`."""

    type: ClassVar[str] = "opsdesk.ticket.customer_escalation_answered.v1"
    message_id: UUID
    in_time: bool
