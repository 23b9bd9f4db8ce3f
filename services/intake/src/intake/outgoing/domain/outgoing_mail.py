"""One mail to one contact or partner: when it may be sent, and what the outcome of an attempt means. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from common.domain.send_outcomes import (
    Delivered,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
    retry_delay,
)
from intake.tickets.domain.message import MailPurpose, MailState

MAX_REFUSALS: Final = 30
"""Times that the mail server may answer "later" about one mail, over a day, before a person hears of it."""
MAX_REFUSED_DELAY: Final = timedelta(hours=1)
RECEIPT_WINDOW: Final = timedelta(hours=1)
"""The time in which one contact gets no more than so many receipts."""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Every attempt carries the same `own_id` (without brackets), so that a repeat is the same mail.

    `message_id` is the message on the ticket that it is about, or `notice_id` the notice that it is; it goes
    to a contact or to a partner. `planned_at` is on the service's own clock;
    attempts and retries run on real time. `refusals` are attempts that were answered with "later".
    """

    purpose: MailPurpose
    ticket_id: UUID | None
    message_id: UUID | None
    contact_id: UUID | None
    planned_at: datetime
    own_id: str
    in_reply_to: str | None
    referred_ids: tuple[str, ...]
    quoted_id: UUID | None = None
    state: MailState = "waiting"
    attempts: int = 0
    refusals: int = 0
    problem: str | None = None
    partner_id: UUID | None = None
    notice_id: UUID | None = None

    @property
    def recipient_id(self) -> UUID:
        """The contact or the partner."""
        recipient = self.contact_id or self.partner_id
        assert recipient is not None, "a constraint of the table"
        return recipient

    @property
    def about_id(self) -> UUID:
        """The message or the notice."""
        about = self.message_id or self.notice_id
        assert about is not None, "a constraint of the table"
        return about

    @property
    def id(self) -> UUID:
        return mail_id(self.purpose, self.about_id, self.recipient_id)


@dataclass(frozen=True, slots=True)
class Settled:
    """The mail is in this state from now on."""

    state: MailState
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """It is tried again after `pause`."""

    pause: timedelta
    problem: str
    refusals: int


def mail_id(purpose: MailPurpose, about_id: UUID, recipient_id: UUID) -> UUID:
    """The same for each mail of this purpose about a message or notice to a recipient, however often planned."""
    return uuid5(about_id, f"{purpose}/{recipient_id}")


def after_attempt(mail: OutgoingMail, outcome: SendOutcome) -> Settled | Retry:
    """What becomes of the mail after its attempt.

    A refusal for good ends it. "Later" does so after MAX_REFUSALS. A mail server that is away is our own
    trouble: the mail waits for it, however long that takes.
    """
    match outcome:
        case Delivered():
            return Settled("sent")
        case PermanentFailure(reason):
            return Settled("failed", reason)
        case TemporaryFailure(reason, is_refusal=False):
            return Retry(retry_delay(mail.attempts), reason, mail.refusals)
        case TemporaryFailure(reason):
            refusals = mail.refusals + 1
            if refusals >= MAX_REFUSALS:
                return Settled("failed", f"{reason}, {refusals} times in a row")
            return Retry(retry_delay(refusals, MAX_REFUSED_DELAY), reason, refusals)


def is_over_limit(recent: int, limit: int) -> bool:
    """Whether a contact who got `recent` receipts within RECEIPT_WINDOW gets no other one.

    Two programs that answer each other end here, and so does whoever writes in another one's name.
    """
    return recent >= limit
