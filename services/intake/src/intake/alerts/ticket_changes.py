"""Open, raise and note the tickets of alerts."""

from collections.abc import Collection, Iterable
from datetime import datetime

from common.domain import Actor
from common.events.tickets import TicketPrioritised
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.alerts.domain.alert_ticket import AlertTicket, truncated_text
from intake.alerts.domain.requests import details, incident_from
from intake.alerts.store import alert_tickets
from intake.tickets.commands import open_ticket, save_change
from intake.tickets.domain.message import Message
from intake.tickets.domain.prioritisation import prioritise
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.store import messages


async def open_and_raise(
    tx: Connection, monitor: str, changed: Iterable[AlertTicket], at: datetime
) -> None:
    """Open the tickets that are to be opened, and raise the priority of those that became worse."""
    for one in changed:
        if one.opening is not None:
            await _open(tx, monitor, one, at)
        elif one.raised_to is not None:
            await _raise(tx, monitor, one, at)


async def _open(tx: Connection, monitor: str, one: AlertTicket, at: datetime) -> None:
    assert one.opening is not None
    request = incident_from(one.opening, is_storm=one.is_storm)
    one.ticket = await open_ticket(tx, request, Actor(monitor), at)
    text = details(one.opening, is_storm=one.is_storm)
    if text and request.description is None:
        one.lines.insert(0, text)
    one.is_changed = True


async def _raise(tx: Connection, monitor: str, one: AlertTicket, at: datetime) -> None:
    before, assessment = one.ticket, one.raised_to
    assert before is not None
    assert assessment is not None
    after = prioritise(before, assessment, monitor, at, one.raised_because)
    assert isinstance(after, Ticket), "only open tickets, which are locked, are raised"
    prioritised = event_spec(TicketPrioritised, previous=before.priority, confirmed_by=None)
    one.ticket = await save_change(
        tx,
        before,
        after,
        Actor(monitor),
        at,
        "ticket.prioritise",
        prioritised,
        grounds={"was": before.priority, "wanted": assessment.priority},
    )
    one.lines.append(
        f"Raised from {before.priority} to {assessment.priority}: {one.raised_because}."
    )


async def note(tx: Connection, monitor: str, changed: Iterable[AlertTicket], at: datetime) -> None:
    """Add one internal note to each ticket with news, and store what stands on it."""
    for one in changed:
        assert one.ticket is not None
        if text := one.note_text():
            await add_note(tx, monitor, one.ticket, text, at)
        if one.is_changed:
            await alert_tickets.save(tx, monitor, one.ticket.id, one)


async def note_truncated(
    tx: Connection, monitor: str, changed: Collection[AlertTicket], count: int, at: datetime
) -> None:
    """Say once on each ticket how many alerts a monitor left out of its posts: the highest number."""
    for one in changed:
        if one.ticket is None or count <= one.truncated:
            continue
        text = truncated_text(monitor, count)
        one.truncated, one.is_changed = count, True
        if one.truncated_note_id is None:
            one.truncated_note_id = (await add_note(tx, monitor, one.ticket, text, at)).id
        else:
            await messages.replace_text(tx, one.truncated_note_id, text)


async def add_note(
    tx: Connection, monitor: str, ticket: Ticket, text: str, at: datetime
) -> Message:
    """Add an internal note of the monitor to a ticket."""
    added = Message(uuid7(), ticket.id, "internal", "outbound", monitor, text, at, automatic=True)
    await messages.add(tx, added)
    return added
