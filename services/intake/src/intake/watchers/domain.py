"""Who may watch a ticket. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain import Rejection
from intake.directory.domain.parties import Contact
from intake.tickets.domain.ticket import Ticket

MAX_WATCHERS: Final = 100
"""Watchers of one ticket."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Either a `person` of staff (a `sub`), or a contact; `added_by` is a `sub`."""

    id: UUID
    ticket_id: UUID
    person: str | None
    contact_id: UUID | None
    added_by: str
    added_at: datetime


def check_contact(ticket: Ticket, contact: Contact) -> Rejection | None:
    """A rejection where this contact may not hear of the ticket, else None (R4)."""
    if contact.customer != ticket.customer:
        return Rejection(
            "ANOTHER_CUSTOMER",
            f"{ticket.key} belongs to {ticket.customer or 'no customer yet'}; only its contacts can watch it.",
        )
    if contact.retired:
        return Rejection("CONTACT_ENDED", "This contact was ended; choose another one.")
    return None


def check_number(ticket: Ticket, watchers: int) -> Rejection | None:
    """A rejection where the ticket has as many watchers as it may have, else None."""
    if watchers < MAX_WATCHERS:
        return None
    return Rejection(
        "TOO_MANY_WATCHERS", f"{ticket.key} has {watchers} watchers; remove one of them first."
    )
