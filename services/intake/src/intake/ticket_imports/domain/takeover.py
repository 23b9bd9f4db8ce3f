"""The ticket and the messages that an imported one becomes. Pure.

What is over there is history here: it is told to nobody as news, no clock runs for it, and it counts as verified
where it came from, by nobody of ours. What is open is taken over now: its clocks begin with the import.
"""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from intake.ticket_imports.domain.imported import (
    SOURCES,
    ImportedComment,
    ImportedTicket,
    Source,
    open_priority,
)
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.ticket_key import format_key


def build_ticket(
    imported: ImportedTicket,
    source: Source,
    id: UUID,
    number: int,
    scope: TicketScope,
    assignee: str | None,
    at: datetime,
) -> Ticket:
    """The ticket as it is from now on. `scope` says whose it is, `assignee` is a `sub`."""
    ticket = Ticket(
        id=id,
        key=format_key(number),
        kind=imported.kind,
        title=imported.title,
        priority=open_priority(imported.priority) if imported.is_open else imported.priority,
        state="in_progress" if assignee else "new",
        opened_at=at if imported.is_open else min(imported.opened_at, at),
        opened_by=account_of(source),
        customer_id=scope.customer_id,
        customer=scope.customer,
        contact_id=scope.contact_id,
        channel=imported.channel,
        assignee=assignee,
        tags=imported.tags,
        blocker_confirmed_by=account_of(source),
    )
    return ticket if imported.is_open else _closed(ticket, imported, source)


def _closed(ticket: Ticket, imported: ImportedTicket, source: Source) -> Ticket:
    ended_at = max(imported.ended_at or ticket.opened_at, ticket.opened_at)
    return replace(
        ticket,
        state="closed",
        resolution=imported.resolution or imported.state_there or None,
        resolved_by=account_of(source),
        resolved_at=ended_at,
        verified_by=f"{account_of(source)}/closed",
        verified_at=ended_at,
        closed_at=ended_at,
    )


def account_of(source: Source) -> str:
    """Who acts for what happened in the other system: nobody of our people."""
    return f"import/{source}"


def note(imported: ImportedTicket, source: Source) -> str:
    """What staff are told on the ticket about where it came from."""
    opened = f"{imported.opened_at:%Y-%m-%d %H:%M} UTC by {imported.requester or 'nobody named'}"
    state = imported.state_there or "without a state"
    lines = [
        f"Imported from {SOURCES[source]}: {imported.external_id}, opened there {opened}, {state}."
    ]
    if imported.is_open:
        lines.append("Its clocks count from the import.")
        if open_priority(imported.priority) != imported.priority:
            lines.append("It is a blocker there: raise it to one here if it still is.")
    return "\n".join([*lines, *(f"Not understood: {remark}." for remark in imported.remarks)])


def build_message(
    comment: ImportedComment, source: Source, id: UUID, ticket_id: UUID, author: str | None
) -> Message:
    """A comment as a message. Whoever is no account of ours is named in the text."""
    text = comment.text if author or not comment.author else f"{comment.author}:\n\n{comment.text}"
    return Message(
        id=id,
        ticket_id=ticket_id,
        visibility="public" if comment.is_public else "internal",
        direction="outbound" if comment.is_agent or not comment.is_public else "inbound",
        author=author or account_of(source),
        text=text,
        at=comment.at,
    )
