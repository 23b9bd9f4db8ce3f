"""Store a change of a ticket with its sequence, its events and its audit entry, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common import audit
from common.audit import JSON
from common.auth.persons import counted_as
from common.domain import Actor, Rejection
from common.events.tickets import TicketCustomerReplied, TicketReopened
from common.events.watchers import TicketWatchersNotified, WatchedChange
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.reasons import store as reasons
from intake.tickets.domain.new_ticket import TicketRequest, build_ticket
from intake.tickets.domain.second_eyes import next_overdue, waiting_since
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.transitions import on_customer_reply
from intake.tickets.events import (
    EventSpec,
    event_spec,
    opened_event,
    resumed_event,
    second_eyes_given,
    to_outbox_events,
    watched_changes,
)
from intake.tickets.store import tickets
from intake.tickets.store.staff_watchers import staff_watchers

SECOND_EYES: Final = "second-eyes"
"""The kind of deadline at which something on a ticket has waited too long for a second person."""
HOLD_OVER: Final = "hold-over"
"""The kind of deadline at which a ticket that waits for a date goes on."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A new ticket with its sequence, its events and its audit entry; nothing is stored yet."""

    ticket: Ticket
    outbox_events: list[OutboxEvent]
    audit_entry: audit.Entry


def prepare_new_ticket(
    request: TicketRequest, actor: Actor, number: int, at: datetime
) -> NewTicket:
    """Build the ticket that is asked for, with everything that is stored with it."""
    ticket = build_ticket(request, uuid7(), number, actor.sub, at)
    ticket, outbox_events = to_outbox_events(None, ticket, actor.sub, at, [opened_event(ticket)])
    is_unknown = request.scope is not None and not request.scope.is_service_known
    grounds: dict[str, JSON] = {"unverified_service": request.service} if is_unknown else {}
    audit_entry = _audit_entry(ticket, actor, at, "ticket.open", grounds)
    return NewTicket(ticket, outbox_events, audit_entry)


async def open_ticket(tx: Connection, request: TicketRequest, actor: Actor, at: datetime) -> Ticket:
    """Open one ticket: store it, publish its events, return it with its sequence."""
    new = prepare_new_ticket(request, actor, await tickets.next_number(tx), at)
    await tickets.add(tx, new.ticket, request.description)
    await publish(tx, *new.outbox_events)
    await audit.record(tx, new.audit_entry)
    return new.ticket


async def save_change(
    tx: Connection,
    before: Ticket,
    after: Ticket,
    actor: Actor,
    at: datetime,
    action: str,
    *events: EventSpec,
    grounds: Mapping[str, JSON] | None = None,
) -> Ticket:
    """Store the change of a locked ticket, publish its events, return it with its sequence.

    What begins to wait for a second person by it is escalated later, unless one comes; what begins to
    wait for a date goes on then. Our own people who watch the ticket are notified, except for who acts.
    """
    events = (*events, *second_eyes_given(before, after, at))
    if changes := watched_changes(events):
        events = (*events, *await _for_watchers(tx, after, actor, changes))
    stored, outbox_events = to_outbox_events(before, after, actor.sub, at, events)
    await tickets.save(tx, stored)
    if before.waiting_until != after.waiting_until:
        await schedule(tx, [Deadline(HOLD_OVER, stored.id, after.waiting_until)])
    if waiting_since(after).items() - waiting_since(before).items():
        await schedule(tx, [Deadline(SECOND_EYES, stored.id, next_overdue(after, at))])
    await publish(tx, *outbox_events)
    await reasons.record(tx, _audit_entry(stored, actor, at, action, grounds or {}))
    return stored


async def _for_watchers(
    tx: Connection, ticket: Ticket, actor: Actor, changes: list[WatchedChange]
) -> list[EventSpec]:
    """The event for those of us who watch the ticket; none where nobody does."""
    people = await staff_watchers(tx, ticket.id, actor.sub)
    return [event_spec(TicketWatchersNotified, people=people, changes=changes)] if people else []


async def record_customer_reply(
    tx: Connection, before: Ticket, message_id: UUID, actor: Actor, at: datetime
) -> Ticket:
    """Publish that the customer wrote; resume a ticket that waited for that, reopen a resolved one."""
    after = on_customer_reply(before, at)
    events = [event_spec(TicketCustomerReplied, message_id=message_id)]
    if after.state != before.state:
        events.append(await _change_by_reply(tx, before, after, actor))
    return await save_change(
        tx,
        before,
        after,
        actor,
        at,
        "ticket.customer_reply",
        *events,
        grounds={"message_id": str(message_id)},
    )


async def _change_by_reply(
    tx: Connection, before: Ticket, after: Ticket, actor: Actor
) -> EventSpec:
    """The event of a reply that resumes or reopens. Whoever resolved it is not its customer (R1)."""
    if after.state != "reopened":
        return resumed_event(before)
    by_customer = await counted_as(tx, actor.sub, before.resolved_by) != before.resolved_by
    return event_spec(TicketReopened, by_customer=by_customer)


async def audit_rejection(
    tx: Connection, ticket: Ticket, actor: Actor, at: datetime, action: str, rejection: Rejection
) -> None:
    """Record in the audit trail who tried what, and why it was not allowed."""
    grounds = {"denied": rejection.code, "state": ticket.state}
    await audit.record(tx, _audit_entry(ticket, actor, at, action, grounds))


def _audit_entry(
    ticket: Ticket, actor: Actor, at: datetime, action: str, grounds: Mapping[str, JSON]
) -> audit.Entry:
    return audit.Entry.by(actor, at, action, f"ticket/{ticket.id}", grounds)
