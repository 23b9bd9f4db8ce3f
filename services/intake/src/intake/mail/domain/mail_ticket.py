"""The ticket that a mail asks for, and the name of its sender. Pure."""

from datetime import datetime

from intake.mail.domain.mail import Mail
from intake.mail.domain.thread import Sender
from intake.tickets.domain.new_ticket import (
    TicketRequest,
    TicketScope,
    initial_priority,
    make_title,
)
from intake.tickets.domain.priority import Matrix


def request_from_mail(
    mail: Mail,
    text: str,
    sender: Sender,
    scope: TicketScope | None,
    received_at: datetime,
    matrix: Matrix,
) -> TicketRequest:
    """An incident, until OPS reclassifies it. Its title is the subject or the text's first line.

    The address of an unknown sender, or of one who is not believed, is the ticket's reporter.
    """
    return TicketRequest(
        "incident",
        make_title(mail.subject, text),
        "email",
        initial_priority(matrix, None, None, None),
        scope=scope,
        contact_id=sender.contact_id,
        from_outside=sender.staff is None,
        reporter=None if scope else mail.sender,
        opened_at=received_at,
    )


def author_of(sender: Sender) -> str:
    """The sender's name in events and messages: never the address. Nobody's, where there is a doubt."""
    if sender.contact_id is not None:
        return f"contact/{sender.contact_id}"
    return sender.staff or "unknown"
