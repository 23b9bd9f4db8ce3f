"""What the clocks do when sla hears of a ticket."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from common.database import Connection, moment
from common.event import Received
from common.events.tickets import (
    TicketEvent,
    TicketMerged,
    TicketOpened,
    TicketPrioritised,
    TicketTriaged,
)
from common.inbox import Handler
from sla.agreements.agreement import Agreement
from sla.clocks.clock import Input, InputKind
from sla.clocks.tracked import Tracked, hears
from sla.opening import Opened, open_clocks
from sla.progress import go_on, timetables
from sla.store import agreements, clocks, tickets

T = TypeVar("T", bound=TicketEvent)


async def on_opened(tx: Connection, events: Sequence[Received[TicketOpened]]) -> None:
    """Start the clocks of all tickets of a poll."""
    await open_clocks(tx, [Opened(r.event, r.event.opened_at) for r in events])


async def on_triaged(tx: Connection, received: Received[TicketTriaged]) -> None:
    """The customer is known now: clocks start from the opening, and hear what came meanwhile."""
    event = received.event
    if await clocks.lock_of_tickets(tx, [event.ticket_id]):
        return
    await open_clocks(tx, [Opened(event, event.opened_at)])
    for kind, at in await tickets.take_early(tx, event.ticket_id):
        tracked = await clocks.lock_of_tickets(tx, [event.ticket_id])
        known_at, tables = await moment(tx), await timetables(tx, tracked)
        heard = Input(0, kind, at, known_at)
        await go_on(tx, [hears(one, heard, tables) for one in tracked], known_at)


def hear(kind: InputKind, when: Callable[[Any], bool] = lambda _: True) -> Handler:
    """A handler by which all clocks of the tickets hear `kind`."""

    async def handle(tx: Connection, events: Sequence[Received[T]]) -> None:
        heard = {r.event.ticket_id: r for r in events if when(r.event)}
        tracked = await clocks.lock_of_tickets(tx, heard)
        if silent := heard.keys() - {one.ticket.id for one in tracked}:
            early = [(id, kind, heard[id].at.astimezone(UTC)) for id in silent]
            await tickets.hear_early(tx, early)
        if tracked:
            known_at, tables = await moment(tx), await timetables(tx, tracked)
            changes = [
                hears(one, Input(0, kind, _at(heard[one.ticket.id]), known_at), tables)
                for one in tracked
            ]
            await go_on(tx, changes, known_at)

    return handle


async def on_prioritised(tx: Connection, received: Received[TicketPrioritised]) -> None:
    """The promise for the new priority applies to all the time already counted (C6)."""
    event = received.event
    tracked = await clocks.lock_of_tickets(tx, [event.ticket_id])
    await tickets.reprioritise(tx, event.ticket_id, event.priority)
    promised = await _agreement(tx, tracked)
    if promised is None:
        return
    now = [
        (_as(one, event), promised.terms(one.clock.metric, event.priority, event.kind))
        for one in tracked
    ]
    known_at = await moment(tx)
    tables = await timetables(tx, tracked, [terms for _, terms in now])
    changes = [
        hears(one, Input(0, "target_changed", _at(received), known_at, terms), tables)
        for one, terms in now
    ]
    await go_on(tx, changes, known_at)


async def on_merged(tx: Connection, received: Received[TicketMerged]) -> None:
    """The surviving ticket keeps its clocks, the merged one's end (C10)."""
    tracked = await clocks.lock_of_tickets(tx, [received.event.ticket_id])
    known_at, tables = await moment(tx), await timetables(tx, tracked)
    reason = f"merged into {received.event.into}"
    heard = Input(0, "cancelled", _at(received), known_at, reason=reason)
    await go_on(tx, [hears(one, heard, tables) for one in tracked], known_at)


async def _agreement(tx: Connection, tracked: Sequence[Tracked]) -> Agreement | None:
    """The version under which the ticket was opened: a later one does not reach back (A5)."""
    ids: set[UUID] = {
        one.ticket.agreement_version for one in tracked if one.ticket.agreement_version
    }
    return next(iter((await agreements.versions_of(tx, ids)).values()), None)


def _as(tracked: Tracked, event: TicketEvent) -> Tracked:
    """The clock, its ticket with the facts that the event tells."""
    ticket = replace(tracked.ticket, priority=event.priority, kind=event.kind)
    return replace(tracked, ticket=ticket)


def _at(received: Received[T]) -> datetime:
    return received.at.astimezone(UTC)
