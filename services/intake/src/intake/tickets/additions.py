"""What is stored with a new ticket beside the ticket itself: its filled-in form, and uploaded files."""

from common.auth import Caller
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.forms.commands import store_filled_form
from intake.tickets.attached_files import add_with_uploads
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.requests import TicketCreate


async def store_additions(
    tx: Connection, caller: Caller, ticket: Ticket, body: TicketCreate
) -> None:
    """Store the form that the body fills in, and a first message that carries its files.

    Raises ValidationFailed where the form refuses a value, or a file may not be used.
    """
    if body.form is not None:
        await store_filled_form(tx, ticket.id, body.form, body.form_values or {})
    if body.attachments:
        message = Message(
            id=uuid7(),
            ticket_id=ticket.id,
            visibility="public",
            direction="inbound",
            author=caller.sub,
            text=body.description or ticket.title,
            at=ticket.opened_at,
        )
        await add_with_uploads(tx, caller, message, body.attachments)
