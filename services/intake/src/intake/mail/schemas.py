"""Response models of e-mails."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from intake.mail.store import Outcome


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
    """A stored mail, without its raw bytes."""

    id: UUID
    message_id: str
    received_at: datetime
    outcome: Outcome
    reason: str | None
    ticket_id: UUID | None
