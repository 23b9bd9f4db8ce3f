"""The ticket that is split from another one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.domain import Rejection
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketRequest, TicketScope
from intake.tickets.domain.prioritisation import PriorityAssessment
from intake.tickets.domain.ticket import Ticket, check_transition


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """What becomes a ticket of its own: chosen messages, the description of the ticket, or both."""

    title: str
    description: str | None
    chosen: Sequence[Message]


def check_split(ticket: Ticket, request: SplitRequest) -> Rejection | None:
    """A rejection where nothing that was written would be on the new ticket, else None."""
    if rejection := check_transition(ticket, "split"):
        return rejection
    if ticket.customer_id is None:
        return Rejection("IN_TRIAGE", f"{ticket.key} is in triage; assign its customer first.")
    if request.description is None and not any(one.is_public for one in request.chosen):
        return Rejection(
            "NOTHING_TO_SPLIT",
            "Choose at least one message that the customer can see, or the description with `description: true`.",
        )
    return None


def ticket_request(ticket: Ticket, request: SplitRequest, scope: TicketScope) -> TicketRequest:
    """The new ticket: what it is and how urgent is as on the one that it is split from.

    The customer asked when it was written, so it is open since then (C2): nothing is gained by splitting.
    """
    return TicketRequest(
        kind=ticket.kind,
        title=request.title,
        channel=ticket.channel,
        assessment=PriorityAssessment(ticket.priority, ticket.impact, ticket.urgency),
        nature=ticket.nature,
        service=ticket.service,
        scope=scope,
        contact_id=ticket.contact_id,
        opened_at=_asked_at(ticket, request),
        description=request.description,
        from_outside=ticket.blocker_confirmed_by is None,
        suggested_priority=ticket.suggested_priority,
        detected_by=ticket.detected_by,
    )


def written_since(copies: Sequence[Message], opened_at: datetime) -> list[Message]:
    """The copies that were written by people after the new ticket was opened: its clocks hear of them."""
    return [one for one in copies if one.is_public and not one.automatic and one.at > opened_at]


def _asked_at(ticket: Ticket, request: SplitRequest) -> datetime:
    if request.description is not None:
        return ticket.opened_at
    public = [one for one in request.chosen if one.is_public]
    theirs = [one.at for one in public if one.direction == "inbound"]
    return min(theirs or [one.at for one in public])
