"""Messages on tickets: between a customer and us, or among staff. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from common.wording import is_question
from intake.tickets.domain.attachment import Attachment
from intake.tickets.domain.ticket import Ticket, is_past_reopening

Visibility = Literal["public", "internal"]
Direction = Literal["inbound", "outbound"]
Mailing = Literal["due", "planned", "nobody", "off"]
MailPurpose = Literal["answer", "receipt", "partner", "notice"]
MailState = Literal["waiting", "sent", "failed", "bounced", "cancelled", "withheld"]

MAX_COPIED: Final = 200
"""Messages that one request copies to another ticket."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message by `author` (a `sub`). `inbound` is from the customer, `outbound` from us.

    Internal ones are notes, or to or from a partner: only staff see them. An `automatic` one was written by a
    machine and does not count as an answer (C1, C3). `history` is what stood below the new words of an
    answer. `sender_doubt` tells staff why the sender of a mail was not believed (I1), `authentication` what
    our gateway reported of SPF, DKIM and DMARC, by method. `mailing`: whether
    mails about it were planned; None where there are none to plan. `partner` (a key) is whom it is to or
    from, instead of the customer. `copied_from` is the message of another ticket whose words these are.
    """

    id: UUID
    ticket_id: UUID
    visibility: Visibility
    direction: Direction
    author: str
    text: str
    at: datetime
    automatic: bool = False
    html: str | None = None
    mail_id: UUID | None = None
    attachments: tuple[Attachment, ...] = ()
    history: str | None = None
    sender_doubt: str | None = None
    authentication: Mapping[str, str] | None = None
    mailing: Mailing | None = None
    partner: str | None = None
    copied_from: UUID | None = None

    @property
    def is_public(self) -> bool:
        """Whether the customer can see it."""
        return self.visibility == "public"

    @property
    def is_answer(self) -> bool:
        """Whether a person of ours wrote it to the customer: then it is mailed, where it can be."""
        return self.is_public and self.direction == "outbound" and not self.automatic

    @property
    def is_to_partner(self) -> bool:
        """Whether we wrote it to a partner: then it is mailed to them."""
        return self.partner is not None and self.direction == "outbound" and not self.automatic


@dataclass(frozen=True, slots=True)
class MailToContact:
    """A mail about a message: our answer to a contact, the receipt for their own mail, or one to a partner."""

    purpose: MailPurpose
    contact_id: UUID | None
    partner_id: UUID | None
    state: MailState
    attempts: int
    settled_at: datetime | None
    problem: str | None


def check_reply(
    ticket: Ticket, visibility: Visibility, *, from_customer: bool, at: datetime
) -> Rejection | None:
    """A rejection where a message cannot be added to the ticket by this side, else None."""
    if from_customer and visibility == "internal":
        return Rejection("STAFF_ONLY", "Internal notes are for staff. Leave `visibility` out.")
    if ticket.merged_into is not None:
        return Rejection(
            "MERGED", f"{ticket.key} was merged; reply on the ticket that it was merged into."
        )
    if from_customer and is_past_reopening(ticket, at):
        return Rejection(
            "REOPENING_EXPIRED",
            f"{ticket.key} was closed too long ago to be opened again. Open another one that is linked to it: POST /v1/tickets/{ticket.key}/follow-on.",
        )
    return None


def awaits_customer_reply(last: Message | None) -> bool:
    """Whether the last public message by a person is ours and asks something: the customer's turn."""
    return last is not None and last.direction == "outbound" and is_question(last.text)
