"""Messages on tickets as callers read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from common.auth import Caller
from common.http import ResponseModel
from common.wording import Finding
from intake.tickets.domain.message import (
    Direction,
    Mailing,
    MailPurpose,
    MailState,
    MailToContact,
    Message,
    Visibility,
)
from intake.tickets.domain.message_check import MessageCheck
from intake.tickets.schemas.message_checks import FindingRead, MessageCheckRead


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


class AuthenticationResults(ResponseModel):
    """What the mail gateway reported of a mail, as it named the results (`pass`, `fail`, `none`, …).

    Null is what it did not report.
    """

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None


class MessageRead(ResponseModel):
    """A message on a ticket; `automatic` ones were written by a machine.

    `author_name` is null where the directory does not know the author: a machine, an unknown sender.
    `history` is what stood below the new words of an answer. What follows is null for contacts:
    `sender_doubt` and `email`, why the sender of an e-mail was not believed, and its id (see
    `/v1/emails`); `authentication`, what our mail gateway reported of its SPF, DKIM and DMARC; `mailing` and `mails`, whether an answer of ours goes out by mail (`nobody`: no contact who
    opened the ticket or wrote on it gets mail; `off`: no mail server was set), and what became of it;
    `partner`, the key of the partner to or from whom it is;
    `check`, what was found in it before it was sent, and `findings`, the same with the words, in the
    response to the request that sent it; `copied_from`, the message of another ticket whose words these are.
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
    authentication: AuthenticationResults | None
    mailing: Mailing | None
    mails: list[MailToContactRead] | None
    partner: str | None
    copied_from: UUID | None
    check: MessageCheckRead | None
    findings: list[FindingRead] | None


_FOR_STAFF: Final = {
    "email",
    "sender_doubt",
    "authentication",
    "mailing",
    "mails",
    "partner",
    "copied_from",
    "check",
    "findings",
}
_MESSAGE_FIELDS: Final = tuple(
    name
    for name in MessageRead.model_fields
    if name not in {"attachments", "author_name", *_FOR_STAFF}
)


def to_message_response(
    caller: Caller,
    message: Message,
    mails: Sequence[MailToContact] = (),
    check: MessageCheck | None = None,
    findings: Sequence[Finding] | None = None,
    *,
    author_name: str | None,
) -> MessageRead:
    """The message as this caller may read it, with the mails about it and what was found in it."""
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
        authentication=_authentication(message) if is_staff else None,
        mailing=message.mailing if is_staff else None,
        mails=[MailToContactRead.model_validate(mail) for mail in mails] if is_staff else None,
        partner=message.partner if is_staff else None,
        copied_from=message.copied_from if is_staff else None,
        check=MessageCheckRead.model_validate(check) if is_staff and check else None,
        findings=_findings(findings) if is_staff else None,
    )


def _authentication(message: Message) -> AuthenticationResults | None:
    given = message.authentication
    return None if given is None else AuthenticationResults.model_validate(given)


def _findings(findings: Sequence[Finding] | None) -> list[FindingRead] | None:
    return None if findings is None else [FindingRead.model_validate(one) for one in findings]
