"""Response models of e-mails."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from intake.mail.store import Deletion, Outcome
from intake.tickets.schemas.messages import AuthenticationResults


class TicketSummary(ResponseModel):
    """The ticket to which a mail belongs."""

    id: UUID
    key: str


class MailResult(ResponseModel):
    """The outcome of a mail.

    It `opened` a ticket, `joined` one, was a `duplicate`, was `ignored` because a machine wrote it,
    is `unreadable` (on a ticket all the same, with its beginning; `reason` says why), or is only
    `received`: stored, and processed later.
    """

    id: UUID
    outcome: Literal["opened", "joined", "duplicate", "ignored", "unreadable", "received"]
    reason: str | None = None
    ticket: TicketSummary | None = None


class MailRead(ResponseModel):
    """A stored mail, without its raw bytes.

    `sender` is the address that it says it is from; what our mail gateway found of that is `authentication`,
    null where it reported nothing or its name was not set. `text` is what a mail says that was
    held back. Sender, subject and text are null before the mail is processed, and once it is deleted (since
    `raw_deleted_at`): as `too_old`, or `erased` with a contact. `set_aside_by` looked at one that was held back, and found
    that nobody has to act on it.
    """

    id: UUID
    message_id: str
    received_at: datetime
    sender: str | None
    sender_name: str | None
    subject: str | None
    text: str | None
    authentication: AuthenticationResults | None
    outcome: Outcome
    reason: str | None
    ticket_id: UUID | None
    raw_deleted_at: datetime | None
    raw_deleted_why: Deletion | None
    set_aside_by: str | None
    set_aside_at: datetime | None


class HeldBackCount(ResponseModel):
    """How many mails were held back for one reason."""

    reason: str
    count: int


class HeldBackCounts(ResponseModel):
    """How many mails were held back, by reason."""

    items: list[HeldBackCount]
