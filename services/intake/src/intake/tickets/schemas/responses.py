"""Tickets as callers read them."""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from common.auth import Caller
from common.http import ResponseModel
from common.http.etag import etag
from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.ticket import (
    Channel,
    Detection,
    HandoverTarget,
    Kind,
    Nature,
    State,
    Ticket,
    WaitingOn,
)
from intake.tickets.schemas.pending import (
    PendingDetectionRead,
    PendingDowngradeRead,
    PendingReclassificationRead,
    PendingUnmergeRead,
)


class TicketSummary(ResponseModel):
    """A ticket without what people wrote about it but its title: what lists show to staff."""

    id: UUID
    key: str
    kind: Kind
    nature: Nature | None
    title: str
    state: State
    priority: Priority
    suggested_priority: Priority | None
    impact: Impact | None
    urgency: Urgency | None
    customer: str | None
    environment: str | None
    service: str | None
    channel: Channel
    contact_id: UUID | None
    assignee: str | None
    team: str | None
    forwarded_to: HandoverTarget | None
    partner: str | None
    waiting_on: WaitingOn | None
    waiting_until: datetime | None
    opened_at: datetime
    opened_by: str
    resolved_by: str | None
    resolved_at: datetime | None
    verified_by: str | None
    verified_at: datetime | None
    closed_at: datetime | None
    reopenable_until: datetime | None
    merged_into: UUID | None
    sequence: int


class TicketForContact(TicketSummary):
    """A ticket as the customer's contacts read it.

    `customer`, `environment`, `service`, `team` and `partner` are keys. `suggested_priority` is what a
    contact asked for. Until `reopenable_until` words of the customer open a closed ticket again.
    """

    resolution: str | None


class TicketRead(TicketForContact):
    """A ticket as staff reads it: also what two people are about to change, with their reasons.

    `reporter` is the address that it came from while no contact is known. `priority_by` assessed it last;
    null while nobody of first level has.
    """

    reporter: str | None
    tags: list[str]
    detected_by: Detection | None
    pending_detection: PendingDetectionRead | None
    priority_by: str | None
    pending_unmerge: PendingUnmergeRead | None
    pending_downgrade: PendingDowngradeRead | None
    pending_reclassification: PendingReclassificationRead | None


_READ_FIELDS: Final = tuple(TicketRead.model_fields)
_read_values: Final = attrgetter(*_READ_FIELDS)


AnyTicket = TicketRead | TicketForContact


def to_response(caller: Caller, ticket: Ticket) -> AnyTicket:
    """The ticket as this caller may read it."""
    model = TicketRead if caller.customer is None else TicketForContact
    return model.model_validate(ticket)


def created_headers(ticket: Ticket) -> Mapping[str, str]:
    """The headers of the response to the request that opened the ticket."""
    return {
        "location": f"/v1/tickets/{ticket.key}",
        "etag": etag(ticket.sequence),
        "content-type": "application/json",
    }


def created_body(ticket: Ticket) -> bytes:
    """The new ticket as JSON. Nothing was written among staff yet, so that every caller may read it.

    Not validated again, nor made a model first: that took a fifth of the time of the whole request.
    """
    return to_json(dict(zip(_READ_FIELDS, _read_values(ticket), strict=True)))
