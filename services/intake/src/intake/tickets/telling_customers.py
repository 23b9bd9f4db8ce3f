"""Tell the contact of a ticket what was done, by a message that they see and that is mailed to them."""

from datetime import datetime

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.tickets.domain.customer_words import estimate_text, resolution_text
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages
from intake.tickets.store.message_checks import Reader, find_reader


async def tell_resolution(
    tx: Connection, ticket: Ticket, reopen_days: int, at: datetime
) -> Message | None:
    """Tell of the resolution of a ticket that was just verified; None where nobody is told.

    The words are those of whoever resolved it, who had them checked (R11). Before the second person has
    looked nobody is told: a mail cannot be taken back (R1).
    """
    reader = await _find_reader(tx, ticket)
    if reader is None or ticket.resolution is None or ticket.resolved_by is None:
        return None
    name, language = reader.contact_name or "", reader.language
    text = resolution_text(language, name, ticket.key, ticket.resolution, reopen_days)
    return await _tell(tx, ticket, ticket.resolved_by, text, at)


async def tell_estimate(
    tx: Connection, ticket: Ticket, minutes: int, note: str | None, author: str, at: datetime
) -> Message | None:
    """Tell of an estimate that waits for approval; None where nobody is told."""
    reader = await _find_reader(tx, ticket)
    if reader is None:
        return None
    text = estimate_text(reader.language, reader.contact_name or "", ticket.key, minutes, note)
    return await _tell(tx, ticket, author, text, at)


async def _find_reader(tx: Connection, ticket: Ticket) -> Reader | None:
    """Who is told; None where a machine raised the ticket, or no contact is known, or they were erased."""
    if ticket.contact_id is None or ticket.channel == "monitoring":
        return None
    reader = await find_reader(tx, ticket.customer_id, ticket.contact_id)
    return reader if reader.contact_name else None


async def _tell(tx: Connection, ticket: Ticket, author: str, text: str, at: datetime) -> Message:
    message = Message(uuid7(), ticket.id, "public", "outbound", author, text, at)
    return await messages.add(tx, message)
