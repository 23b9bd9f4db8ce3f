"""What intake answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.auth import Caller
from common.http import Told
from intake.tickets.domain.message import Direction, Visibility
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import Behind, Channel, Kind, Nature, State, Ticket, Waiting


class LoweringShown(Told):
    """A lower priority that waits for a second person."""

    priority: Priority
    asked_by: str
    asked_at: datetime
    reason: str


class CorrectionShown(Told):
    """What the ticket is, as one person says, which waits for a second; null: as it stands."""

    kind: Kind | None
    nature: Nature | None
    service: str | None
    asked_by: str
    asked_at: datetime
    reason: str


class TicketShown(Told):
    """A ticket. `reporter`, `lowering` and `correction` are shown to staff only."""

    id: UUID
    key: str
    kind: Kind
    nature: Nature | None
    title: str
    state: State
    priority: Priority
    impact: Impact | None
    urgency: Urgency | None
    customer: str | None
    environment: str | None
    service: str | None
    channel: Channel
    reporter: str | None
    contact_id: UUID | None
    assignee: str | None
    team: str | None
    forwarded_to: Behind | None
    partner: str | None
    waiting_on: Waiting | None
    lowering: LoweringShown | None
    correction: CorrectionShown | None
    opened_at: datetime
    opened_by: str
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    verified_by: str | None
    verified_at: datetime | None
    closed_at: datetime | None
    merged_into: UUID | None
    sequence: int


class TicketInFull(TicketShown):
    description: str | None


class AttachmentShown(Told):
    name: str
    media_type: str
    size: int


class MessageShown(Told):
    id: UUID
    visibility: Visibility
    direction: Direction
    author: str
    automatic: bool
    text: str
    html: str | None
    at: datetime
    attachments: list[AttachmentShown]


class HandOverShown(Told):
    id: UUID
    by: str
    at: datetime
    to: Behind
    partner: str | None
    seen: str
    tried: str
    excluded: str


class MailShown(Told):
    """A mail that was kept; its raw bytes are not shown."""

    id: UUID
    message_id: str
    received_at: datetime
    outcome: Literal["received", "opened", "joined", "ignored"]
    reason: str | None
    ticket_id: UUID | None


def shown_to(caller: Caller, ticket: Ticket) -> TicketShown:
    """The ticket as this caller may read it."""
    told = TicketShown.model_validate(ticket)
    if caller.customer is None:
        return told
    return told.model_copy(update={"lowering": None, "correction": None, "reporter": None})
