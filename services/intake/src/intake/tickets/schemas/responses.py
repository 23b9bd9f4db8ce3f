"""Tickets and messages as callers read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from common.auth import Caller
from common.http import ResponseModel
from common.http.etag import etag
from intake.tickets.domain.message import (
    Direction,
    Mailing,
    MailPurpose,
    MailState,
    MailToContact,
    Message,
    Visibility,
)
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
    PendingDowngradeRead,
    PendingReclassificationRead,
    PendingUnmergeRead,
)


class TicketForContact(ResponseModel):
    """A ticket as the customer's contacts read it.

    `customer`, `environment`, `service`, `team` and `partner` are keys. `suggested_priority` is what a
    contact asked for. Until `reopenable_until` words of the customer open a closed ticket again.
    """

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
    opened_at: datetime
    opened_by: str
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    verified_by: str | None
    verified_at: datetime | None
    closed_at: datetime | None
    reopenable_until: datetime | None
    merged_into: UUID | None
    sequence: int


class TicketRead(TicketForContact):
    """A ticket as staff reads it: also what two people are about to change, with their reasons.

    `reporter` is the address that it came from while no contact is known. `priority_by` assessed it last;
    null while nobody of first level has.
    """

    reporter: str | None
    detected_by: Detection | None
    priority_by: str | None
    pending_unmerge: PendingUnmergeRead | None
    pending_downgrade: PendingDowngradeRead | None
    pending_reclassification: PendingReclassificationRead | None


_READ_FIELDS: Final = tuple(TicketRead.model_fields)
_read_values: Final = attrgetter(*_READ_FIELDS)


AnyTicket = TicketRead | TicketForContact


class AttachmentRead(ResponseModel):
    """A file that came with a message; `size` in bytes. `number` is its address below the message."""

    number: int
    name: str
    media_type: str
    size: int


class MailToContactRead(ResponseModel):
    """A mail about a message: our `answer` to a contact, the `receipt` for their own mail, or to a `partner`.

    `settled_at` is when it was sent, failed, came back or was withheld. `problem` is why the last attempt
    failed.
    """

    purpose: MailPurpose
    contact_id: UUID | None
    partner_id: UUID | None
    state: MailState
    attempts: int
    settled_at: datetime | None
    problem: str | None


class MessageRead(ResponseModel):
    """A message on a ticket; `automatic` ones were written by a machine.

    `author_name` is null where the directory does not know the author: a machine, an unknown sender.
    `history` is what stood below the new words of an answer. What follows is null for contacts:
    `sender_doubt` and `email`, why the sender of an e-mail was not believed, and its id (see
    `/v1/emails`); `mailing` and `mails`, whether an answer of ours goes out by mail (`nobody`: no contact who
    opened the ticket or wrote on it gets mail; `off`: no mail server was set), and what became of it;
    `partner`, the key of the partner to or from whom it is.
    `copied_from` is the message of another ticket whose words these are.
    """

    id: UUID
    visibility: Visibility
    direction: Direction
    author: str
    author_name: str | None
    automatic: bool
    text: str
    html: str | None
    history: str | None
    at: datetime
    attachments: list[AttachmentRead]
    email: UUID | None
    sender_doubt: str | None
    mailing: Mailing | None
    mails: list[MailToContactRead] | None
    partner: str | None
    copied_from: UUID | None


_FOR_STAFF: Final = {"email", "sender_doubt", "mailing", "mails", "partner", "copied_from"}
_MESSAGE_FIELDS: Final = tuple(
    name
    for name in MessageRead.model_fields
    if name not in {"attachments", "author_name", *_FOR_STAFF}
)


def to_response(caller: Caller, ticket: Ticket) -> AnyTicket:
    """The ticket as this caller may read it."""
    model = TicketRead if caller.customer is None else TicketForContact
    return model.model_validate(ticket)


def to_message_response(
    caller: Caller,
    message: Message,
    mails: Sequence[MailToContact] = (),
    *,
    author_name: str | None,
) -> MessageRead:
    """The message as this caller may read it, with the mails about it."""
    is_staff = caller.customer is None
    return MessageRead(
        **{name: getattr(message, name) for name in _MESSAGE_FIELDS},
        author_name=author_name,
        attachments=[
            AttachmentRead(
                number=number, name=file.name, media_type=file.media_type, size=file.size
            )
            for number, file in enumerate(message.attachments)
        ],
        email=message.mail_id if is_staff else None,
        sender_doubt=message.sender_doubt if is_staff else None,
        mailing=message.mailing if is_staff else None,
        mails=[MailToContactRead.model_validate(mail) for mail in mails] if is_staff else None,
        partner=message.partner if is_staff else None,
        copied_from=message.copied_from if is_staff else None,
    )


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
