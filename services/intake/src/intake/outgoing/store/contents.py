"""What a mail says, read at the moment in which it is sent."""

from typing import Any, Final

from sqlalchemy import text

from common.persistence.database import Connection
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


async def load(tx: Connection, mail: OutgoingMail) -> Contents | None:
    """The contents; None where the contact is erased or ended, or the message is not for customers."""
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


def _quotation(row: Any) -> Quotation | None:
    if row.quoted_text is None or row.quoted_name is None:
        return None
    return Quotation(row.quoted_name, row.quoted_at, row.quoted_text)
