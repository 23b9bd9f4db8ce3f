"""What the clocks do when sla hears of a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from msgspec.structs import replace as changed

from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    TicketEvent,
    TicketForwarded,
    TicketMerged,
    TicketOpened,
    TicketPrioritised,
    TicketReclassified,
    TicketTriaged,
)
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement, Terms
from sla.agreements.store import agreements
from sla.clocks.commands import go_on, timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Tracked, hears
from sla.clocks.handlers.ticket_inputs import instant
from sla.clocks.opening import Opened, open_clocks
from sla.clocks.reclassification import reclassify
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import Early
from sla.clocks.supplier_clocks import Forwarding, forward


async def on_opened(tx: Connection, events: Sequence[ReceivedEvent[TicketOpened]]) -> None:
    """Start the clocks of all tickets of a poll."""
    await open_clocks(tx, [Opened(r.event, r.event.opened_at) for r in events])


async def on_triaged(tx: Connection, received: ReceivedEvent[TicketTriaged]) -> None:
    """The customer is known now: clocks start from the opening, and hear what came meanwhile."""
    event = received.event
    if await clocks.lock_of_tickets(tx, [event.ticket_id]):
        return
    await open_clocks(tx, [Opened(event, event.opened_at)])
    for early in (await tickets.heard_early(tx, [event.ticket_id]))[event.ticket_id]:
        await _hear_early(tx, early)


async def _hear_early(tx: Connection, early: Early) -> None:
    if early.forwarded_to is not None:
        ticket = await tickets.find(tx, early.ticket_id)
        assert ticket is not None
        await forward(tx, ticket, Forwarding(early.at, early.partner))
        return
    tracked = await clocks.lock_of_tickets(tx, [early.ticket_id])
    known_at, tables = await transaction_time(tx), await timetables(tx, tracked)
    heard = Input(0, early.kind, early.at, known_at)
    spoken_to = [one for one in tracked if early.contract in (None, one.clock.contract)]
    await go_on(tx, [hears(one, heard, tables) for one in spoken_to], known_at)


async def on_forwarded(tx: Connection, received: ReceivedEvent[TicketForwarded]) -> None:
    """Second level or a partner has it now: what they promised us begins (R13)."""
    event, at = received.event, instant(received)
    ticket = await tickets.find(tx, event.ticket_id)
    if ticket is None:
        return
    await tickets.hear_early(tx, [Early(ticket.id, "forwarded", at, event.to, event.partner)])
    if ticket.customer_id is not None:
        await forward(tx, ticket, Forwarding(at, event.partner))


async def on_prioritised(tx: Connection, received: ReceivedEvent[TicketPrioritised]) -> None:
    """The promise for the new priority applies to all the time already counted (C6)."""
    event = received.event
    await tickets.reprioritise(tx, event.ticket_id, event.priority)
    tracked = await clocks.lock_of_tickets(tx, [event.ticket_id])
    promised = await _agreements(tx, tracked)
    now = [
        (_as(one, event), _terms(promised[id], one, event))
        for one in tracked
        if (id := one.ticket.agreement_version) is not None
    ]
    known_at = await transaction_time(tx)
    tables = await timetables(tx, tracked, [terms for _, terms in now])
    changes = [
        hears(one, Input(0, "target_changed", instant(received), known_at, terms), tables)
        for one, terms in now
    ]
    await go_on(tx, changes, known_at)


async def on_reclassified(tx: Connection, received: ReceivedEvent[TicketReclassified]) -> None:
    """What is promised for its kind and service applies to all the time already counted (C6)."""
    event = received.event
    await reclassify(tx, event.ticket_id, event.kind, event.service, instant(received))


async def on_merged(tx: Connection, received: ReceivedEvent[TicketMerged]) -> None:
    """The surviving ticket keeps its clocks, the merged one's end (C10)."""
    tracked = await clocks.lock_of_tickets(tx, [received.event.ticket_id])
    known_at, tables = await transaction_time(tx), await timetables(tx, tracked)
    reason = f"merged into {received.event.into}"
    heard = Input(0, "cancelled", instant(received), known_at, reason=reason)
    await go_on(tx, [hears(one, heard, tables) for one in tracked], known_at)


async def _agreements(tx: Connection, tracked: Sequence[Tracked]) -> Mapping[UUID, Agreement]:
    """The versions under which the clocks were started: a later one does not reach back (A5)."""
    ids = {one.ticket.agreement_version for one in tracked if one.ticket.agreement_version}
    return await agreements.versions_of(tx, ids)


def _terms(promised: Agreement, tracked: Tracked, event: TicketEvent) -> Terms:
    """None is promised of a service that it is not about: the ticket's may have been corrected."""
    terms = promised.terms(tracked.clock.metric, event.priority, event.kind)
    return terms if promised.serves(tracked.ticket.service) else changed(terms, target=None)


def _as(tracked: Tracked, event: TicketEvent) -> Tracked:
    """The clock, its ticket with the facts that the event tells."""
    ticket = replace(tracked.ticket, priority=event.priority, kind=event.kind)
    return replace(tracked, ticket=ticket)
