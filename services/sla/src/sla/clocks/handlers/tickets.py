"""Kafka in: tickets that are triaged, forwarded, prioritised or reclassified."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from common.events.envelope import ReceivedEvent
from common.events.erasures import TicketErased
from common.events.tickets import (
    TicketEvent,
    TicketForwarded,
    TicketPrioritised,
    TicketReclassified,
    TicketTriaged,
)
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement, Terms
from sla.agreements.store import agreements
from sla.clocks.backfill import input_of_pending
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import TicketClock, apply_input
from sla.clocks.handlers.opening import OpenedTicket, open_clocks
from sla.clocks.handlers.ticket_inputs import occurred_at
from sla.clocks.reclassification import reclassify
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import PendingInput
from sla.clocks.supplier_clocks import Forwarding, forward


async def on_triaged(tx: Connection, received: ReceivedEvent[TicketTriaged]) -> None:
    """Start clocks from the opening, now that the customer is known, and apply the inputs since."""
    event = received.event
    if await clocks.lock_by_tickets(tx, [event.ticket_id]):
        return
    stored = await tickets.find(tx, event.ticket_id)
    traits = (None, None) if stored is None else (stored.channel, stored.tags)
    await open_clocks(tx, [OpenedTicket(event, event.opened_at, *traits)])
    for pending_input in (await tickets.list_pending(tx, [event.ticket_id]))[event.ticket_id]:
        await _replay_pending_input(tx, pending_input)


async def _replay_pending_input(tx: Connection, pending_input: PendingInput) -> None:
    if pending_input.forwarded_to is not None:
        ticket = await tickets.find(tx, pending_input.ticket_id)
        assert ticket is not None
        await forward(tx, ticket, Forwarding(pending_input.at, pending_input.partner))
        return
    ticket_clocks = await clocks.lock_by_tickets(tx, [pending_input.ticket_id])
    known_at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)
    input = input_of_pending(pending_input, known_at)
    addressed = [
        one for one in ticket_clocks if pending_input.contract in (None, one.clock.contract)
    ]
    await apply_changes(tx, [apply_input(one, input, tables) for one in addressed], known_at)


async def on_forwarded(tx: Connection, received: ReceivedEvent[TicketForwarded]) -> None:
    """Start the clocks of what second level or the partner promised us (R13)."""
    event, at = received.event, occurred_at(received)
    ticket = await tickets.find(tx, event.ticket_id)
    if ticket is None:
        return
    await tickets.add_pending(
        tx, [PendingInput(ticket.id, "forwarded", at, event.to, event.partner)]
    )
    if ticket.customer_id is not None:
        await forward(tx, ticket, Forwarding(at, event.partner))


async def on_prioritised(tx: Connection, received: ReceivedEvent[TicketPrioritised]) -> None:
    """Apply the promise for the new priority, also to the time already counted (C6)."""
    event = received.event
    await tickets.update_priority(tx, event.ticket_id, event.priority)
    ticket_clocks = await clocks.lock_by_tickets(tx, [event.ticket_id])
    agreements_by_id = await _load_agreements(tx, ticket_clocks)
    clock_terms = [
        (_with_event_facts(one, event), _terms_for(agreements_by_id[id], one, event))
        for one in ticket_clocks
        if (id := one.ticket.agreement_version) is not None
    ]
    known_at = await transaction_time(tx)
    tables = await load_timetables(tx, ticket_clocks, [terms for _, terms in clock_terms])
    base = Input(
        0,
        "target_changed",
        occurred_at(received),
        known_at,
        reason=f"priority {event.previous} to {event.priority}",
        by=tuple(one for one in (event.by, event.confirmed_by) if one is not None),
    )
    changes = [apply_input(one, replace(base, terms=terms), tables) for one, terms in clock_terms]
    await apply_changes(tx, changes, known_at)


async def on_reclassified(tx: Connection, received: ReceivedEvent[TicketReclassified]) -> None:
    """Apply the promise for the new kind and service, also to the time already counted (C6)."""
    event = received.event
    by = (event.requested_by, event.confirmed_by)
    await reclassify(tx, event.ticket_id, event.kind, event.service, occurred_at(received), by)


async def _load_agreements(
    tx: Connection, ticket_clocks: Sequence[TicketClock]
) -> Mapping[UUID, Agreement]:
    """Load the versions under which the clocks were started; later ones do not apply (A5)."""
    ids = {one.ticket.agreement_version for one in ticket_clocks if one.ticket.agreement_version}
    return await agreements.get_versions(tx, ids)


def _terms_for(agreement: Agreement, ticket_clock: TicketClock, event: TicketEvent) -> Terms:
    """Return the terms for the event, without a target for a service that is not covered."""
    traits = ticket_clock.ticket.traits
    terms = agreement.terms_for(ticket_clock.clock.metric, event.priority, event.kind, traits)
    return (
        terms
        if agreement.covers_service(ticket_clock.ticket.service)
        else replace(terms, target=None)
    )


def _with_event_facts(ticket_clock: TicketClock, event: TicketEvent) -> TicketClock:
    """Return the clock, with priority and kind of its ticket as in the event."""
    ticket = replace(ticket_clock.ticket, priority=event.priority, kind=event.kind)
    return replace(ticket_clock, ticket=ticket)


async def on_erased(tx: Connection, received: ReceivedEvent[TicketErased]) -> None:
    """Store the ticket without its words; its clocks and their inputs have none."""
    await tickets.set_title(tx, received.event.ticket_id, received.event.title)
