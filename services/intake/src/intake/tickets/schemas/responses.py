"""What intake answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.auth import Caller
from common.http import ResponseModel
from intake.tickets.domain.message import Direction, Visibility
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import (
    Channel,
    HandoverTarget,
    Kind,
    Nature,
    State,
    Ticket,
    WaitingOn,
)


class PendingDowngradeRead(ResponseModel):
    """A lower priority that waits for a second person."""

    priority: Priority
    requested_by: str
    requested_at: datetime
    reason: str


class PendingReclassificationRead(ResponseModel):
    """What the ticket is, as one person says, which waits for a second; null: as it stands."""

    kind: Kind | None
    nature: Nature | None
    service: str | None
    requested_by: str
    requested_at: datetime
    reason: str


class TicketRead(ResponseModel):
    """A ticket. `reporter`, `pending_downgrade` and `pending_reclassification` are shown to staff only."""

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
    forwarded_to: HandoverTarget | None
    partner: str | None
    waiting_on: WaitingOn | None
    pending_downgrade: PendingDowngradeRead | None
    pending_reclassification: PendingReclassificationRead | None
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


class TicketDetail(TicketRead):
    description: str | None


class AttachmentRead(ResponseModel):
    name: str
    media_type: str
    size: int


class MessageRead(ResponseModel):
    id: UUID
    visibility: Visibility
    direction: Direction
    author: str
    automatic: bool
    text: str
    html: str | None
    at: datetime
    attachments: list[AttachmentRead]


class HandOverRead(ResponseModel):
    id: UUID
    by: str
    at: datetime
    to: HandoverTarget
    partner: str | None
    seen: str
    tried: str
    excluded: str


class MailRead(ResponseModel):
    """A mail that was kept; its raw bytes are not shown."""

    id: UUID
    message_id: str
    received_at: datetime
    outcome: Literal["received", "opened", "joined", "ignored"]
    reason: str | None
    ticket_id: UUID | None


def to_response(caller: Caller, ticket: Ticket) -> TicketRead:
    """The ticket as this caller may read it."""
    response = TicketRead.model_validate(ticket)
    if caller.customer is None:
        return response
    return response.model_copy(
        update={"pending_downgrade": None, "pending_reclassification": None, "reporter": None}
    )
