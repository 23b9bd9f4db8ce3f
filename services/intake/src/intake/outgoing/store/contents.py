"""What a mail says, read at the moment in which it is sent."""

from typing import Any, Final

from sqlalchemy import text

from common.persistence.database import Connection
from intake.notices import store as notices
from intake.notices.domain.notice_text import facts_of, notice_subject, notice_text
from intake.outgoing.domain.answer_text import Quotation
from intake.outgoing.domain.contents import Contents
from intake.outgoing.domain.outgoing_mail import OutgoingMail
from intake.tickets.domain.ticket_key import format_key

_CONTENTS: Final = text(
    """
    SELECT tickets.number, tickets.title, messages.text, contacts.name, contacts.address,
        contacts.language, customers.timezone, quoted.text AS quoted_text, quoted.at AS quoted_at,
        author.name AS quoted_name
    FROM messages
    JOIN tickets ON tickets.id = messages.ticket_id
    JOIN contacts ON contacts.id = :contact AND contacts.customer_id = tickets.customer_id
    JOIN customers ON customers.id = contacts.customer_id
    LEFT JOIN messages AS quoted ON quoted.id = :quoted
        AND quoted.visibility = 'public' AND quoted.direction = 'inbound'
    LEFT JOIN contacts AS author ON 'contact/' || author.id = quoted.author
    WHERE messages.id = :message AND messages.visibility = 'public'
        AND contacts.address IS NOT NULL AND NOT contacts.retired
    """
)

_CONTENTS_FOR_PARTNER: Final = text(
    """
    SELECT tickets.number, tickets.title, messages.text, partners.name, partners.email AS address,
        partners.timezone
    FROM messages
    JOIN tickets ON tickets.id = messages.ticket_id
    JOIN partners ON partners.id = :partner AND partners.key = messages.partner
    WHERE messages.id = :message AND partners.email IS NOT NULL AND NOT partners.retired
    """
)

_READER: Final = text(
    """
    SELECT contacts.name, contacts.address, contacts.language, customers.timezone
    FROM contacts JOIN customers ON customers.id = contacts.customer_id
    WHERE contacts.id = :contact AND contacts.address IS NOT NULL AND NOT contacts.retired
    """
)


async def load(tx: Connection, mail: OutgoingMail) -> Contents | None:
    """The contents; None where the recipient is erased or ended, or the message is not for them."""
    if mail.notice_id is not None:
        return await _load_notice(tx, mail)
    if mail.partner_id is not None:
        return await _load_for_partner(tx, mail)
    values = {"contact": mail.contact_id, "quoted": mail.quoted_id, "message": mail.message_id}
    row = (await tx.execute(_CONTENTS, values)).one_or_none()
    if row is None:
        return None
    return Contents(
        key=format_key(row.number),
        title=row.title,
        text=row.text,
        name=row.name,
        address=row.address,
        language=row.language,
        zone=row.timezone,
        quoted=_quotation(row),
    )


async def _load_notice(tx: Connection, mail: OutgoingMail) -> Contents | None:
    """The notice in the contact's language and their customer's zone."""
    notice = await notices.find(tx, str(mail.notice_id))
    row = (await tx.execute(_READER, {"contact": mail.contact_id})).one_or_none()
    if notice is None or row is None:
        return None
    facts = facts_of(notice)
    return Contents(
        key=notice.key,
        title=notice_subject(facts, row.language),
        text=notice_text(facts, row.language, row.name, row.timezone),
        name=row.name,
        address=row.address,
        language=row.language,
        zone=row.timezone,
    )


async def _load_for_partner(tx: Connection, mail: OutgoingMail) -> Contents | None:
    values = {"partner": mail.partner_id, "message": mail.message_id}
    row = (await tx.execute(_CONTENTS_FOR_PARTNER, values)).one_or_none()
    if row is None:
        return None
    return Contents(
        key=format_key(row.number),
        title=row.title,
        text=row.text,
        name=row.name,
        address=row.address,
        language="en",
        zone=row.timezone,
    )


def _quotation(row: Any) -> Quotation | None:
    if row.quoted_text is None or row.quoted_name is None:
        return None
    return Quotation(row.quoted_name, row.quoted_at, row.quoted_text)
