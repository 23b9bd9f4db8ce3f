"""The message of a mail to a contact or partner, the same at each attempt."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote

from common.domain.mail_headers import one_line
from common.mail.messages import new_message
from intake.notices.domain.notice_text import STOP_NOTICES, stop_notices_hint
from intake.outgoing.domain.answer_text import answer_text, subject_of
from intake.outgoing.domain.contents import Contents
from intake.outgoing.domain.mailed_files import say_left_out
from intake.outgoing.domain.outgoing_mail import OutgoingMail
from intake.outgoing.domain.receipt_text import receipt_text
from intake.settings import IntakeSettings


def build_message(mail: OutgoingMail, contents: Contents, settings: IntakeSettings) -> EmailMessage:
    """The mail, with nothing in its headers but our own words, the ticket's title and the contact's address.

    Raises ValueError where the address is no single one.
    """
    message = new_message()
    message["From"] = settings.mail_from
    if settings.mail_reply_to is not None:
        message["Reply-To"] = settings.mail_reply_to
    message["To"] = _only_address(contents.address)
    message["Subject"] = _subject(mail, contents)
    message["Date"] = format_datetime(mail.planned_at)
    message["Message-ID"] = f"<{mail.own_id}>"
    if mail.in_reply_to is not None:
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
        message["References"] = " ".join(f"<{id}>" for id in mail.referred_ids)
    if mail.purpose == "receipt":
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    if mail.purpose == "notice":
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if settings.notices_optional:
            # RFC 2369: what a reader's "unsubscribe" sends becomes a ticket, as every mail of theirs does.
            to = settings.mail_reply_to or settings.mail_from
            message["List-Unsubscribe"] = f"<mailto:{to}?subject={quote(STOP_NOTICES)}>"
    # Quoted-printable: the same bytes on servers with and without 8BITMIME, lines of any length.
    message.set_content(_text(mail, contents, settings), charset="utf-8", cte="quoted-printable")
    for file in contents.files:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    return message


def _subject(mail: OutgoingMail, contents: Contents) -> str:
    if mail.purpose == "notice":
        return contents.title
    return subject_of(contents.key, contents.title, is_answer=_is_answer(mail))


def _is_answer(mail: OutgoingMail) -> bool:
    """Whether the subject says `Re:`; of mails to a partner only where something came before."""
    return mail.purpose == "answer" or (mail.purpose == "partner" and mail.in_reply_to is not None)


def _text(mail: OutgoingMail, contents: Contents, settings: IntakeSettings) -> str:
    if mail.purpose == "receipt":
        return receipt_text(contents.language, one_line(contents.name), contents.key)
    if mail.purpose == "notice":
        return contents.text + (
            stop_notices_hint(contents.language) if settings.notices_optional else ""
        )
    text = contents.text
    if contents.left_out:
        text = f"{text.rstrip()}\n\n{say_left_out(contents.language, contents.left_out)}"
    return answer_text(text, contents.quoted, contents.zone)


def _only_address(address: str) -> Address:
    """The address as one mailbox: a comma in it must not add another recipient."""
    try:
        return Address(addr_spec=address)
    except (MessageError, IndexError) as error:
        raise ValueError("the address cannot stand in a header") from error
