"""Has it been solved? What a contact says about a resolved ticket, and what follows. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.new_ticket import MAX_TITLE_CHARS, TicketRequest, TicketScope
from intake.tickets.domain.prioritisation import PriorityAssessment
from intake.tickets.domain.ticket import Channel, Ticket, is_past_reopening

Consequence = Literal["none", "reopened", "follow_on"]
RESOLVED: Final = frozenset({"resolved", "verified", "closed"})
NOT_SOLVED: Final = "This has not been solved."
"""What a contact who says no and nothing else is taken to have written."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """`message_id` are the contact's words, where there are any; `given_by` is the contact's `sub`."""

    id: UUID
    ticket_id: UUID
    solved: bool
    rating: int | None
    message_id: UUID | None
    given_by: str
    given_at: datetime


def check_feedback(ticket: Ticket) -> Rejection | None:
    """A rejection where nobody has resolved the ticket, else None."""
    if ticket.state in RESOLVED:
        return None
    if ticket.state == "merged":
        return Rejection("MERGED", f"{ticket.key} was merged; say it on the ticket that it is in.")
    return Rejection("NOT_RESOLVED", f"{ticket.key} is not resolved yet; reply on it instead.")


def consequence_of(ticket: Ticket, *, solved: bool, at: datetime) -> Consequence:
    """What a "no" does: the ticket is open again, or another one opened where that is too long ago."""
    if solved:
        return "none"
    return "follow_on" if is_past_reopening(ticket, at) else "reopened"


def check_follow_on(ticket: Ticket, at: datetime) -> Rejection | None:
    """A rejection where the customer's words still reach the ticket itself, else None."""
    if is_past_reopening(ticket, at):
        return None
    return Rejection(
        "STILL_REOPENABLE", f"{ticket.key} is not closed for good; reply on it instead."
    )


def follow_on_request(
    ticket: Ticket,
    text: str,
    scope: TicketScope | None,
    contact_id: UUID | None,
    channel: Channel = "portal",
) -> TicketRequest:
    """The ticket that goes on where another one was closed too long ago: what and how urgent as that."""
    title = f"{ticket.title} ({ticket.key} again)"
    return TicketRequest(
        kind=ticket.kind,
        title=title
        if len(title) <= MAX_TITLE_CHARS
        else f"{ticket.title[:150]}… ({ticket.key} again)",
        channel=channel,
        assessment=PriorityAssessment(ticket.priority, ticket.impact, ticket.urgency),
        nature=ticket.nature,
        service=ticket.service,
        scope=scope,
        contact_id=contact_id,
        description=text,
        from_outside=True,
    )
