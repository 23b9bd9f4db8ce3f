"""Kafka in: tickets that are triaged, forwarded, prioritised, reclassified or merged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from msgspec.structs import replace as replace_struct

from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    TicketEvent,
    TicketForwarded,
    TicketMerged,
    TicketPrioritised,
    TicketReclassified,
    TicketTriaged,
)
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement, Terms
from sla.agreements.store import agreements
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import TicketClock, apply_input
from sla.clocks.handlers.opening import OpenedTicket, open_clocks
from sla.clocks.handlers.ticket_inputs import occurred_at
from sla.clocks.reclassification import reclassify
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import EarlyInput
from sla.clocks.supplier_clocks import Forwarding, forward


async def on_triaged(tx: Connection, received: ReceivedEvent[TicketTriaged]) -> None:
    """Start clocks from the opening, now that the customer is known, and apply the inputs since."""
    event = received.event
    if await clocks.lock_by_tickets(tx, [event.ticket_id]):
        return
    await open_clocks(tx, [OpenedTicket(event, event.opened_at)])
    for early_input in (await tickets.list_early(tx, [event.ticket_id]))[event.ticket_id]:
        await _replay_early_input(tx, early_input)


async def _replay_early_input(tx: Connection, early_input: EarlyInput) -> None:
    if early_input.forwarded_to is not None:
        ticket = await tickets.find(tx, early_input.ticket_id)
        assert ticket is not None
        await forward(tx, ticket, Forwarding(early_input.at, early_input.partner))
        return
    ticket_clocks = await clocks.lock_by_tickets(tx, [early_input.ticket_id])
    known_at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)
    input = Input(0, early_input.kind, early_input.at, known_at)
    addressed = [one for one in ticket_clocks if early_input.contract in (None, one.clock.contract)]
    await apply_changes(tx, [apply_input(one, input, tables) for one in addressed], known_at)


async def on_forwarded(tx: Connection, received: ReceivedEvent[TicketForwarded]) -> None:
    """Second level or a partner has it now: what they promised us begins (R13)."""
    event, at = received.event, occurred_at(received)
    ticket = await tickets.find(tx, event.ticket_id)
    if ticket is None:
        return
    await tickets.add_early(tx, [EarlyInput(ticket.id, "forwarded", at, event.to, event.partner)])
    if ticket.customer_id is not None:
        await forward(tx, ticket, Forwarding(at, event.partner))


async def on_prioritised(tx: Connection, received: ReceivedEvent[TicketPrioritised]) -> None:
    """The promise for the new priority applies to all the time already counted (C6)."""
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
    changes = [
        apply_input(one, Input(0, "target_changed", occurred_at(received), known_at, terms), tables)
        for one, terms in clock_terms
    ]
    await apply_changes(tx, changes, known_at)


async def on_reclassified(tx: Connection, received: ReceivedEvent[TicketReclassified]) -> None:
    """What is promised for its kind and service applies to all the time already counted (C6)."""
    event = received.event
    await reclassify(tx, event.ticket_id, event.kind, event.service, occurred_at(received))


async def on_merged(tx: Connection, received: ReceivedEvent[TicketMerged]) -> None:
    """The surviving ticket keeps its clocks, the merged one's end (C10)."""
    ticket_clocks = await clocks.lock_by_tickets(tx, [received.event.ticket_id])
    known_at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)
    reason = f"merged into {received.event.into}"
    input = Input(0, "cancelled", occurred_at(received), known_at, reason=reason)
    await apply_changes(tx, [apply_input(one, input, tables) for one in ticket_clocks], known_at)


async def _load_agreements(
    tx: Connection, ticket_clocks: Sequence[TicketClock]
) -> Mapping[UUID, Agreement]:
    """The versions under which the clocks were started: a later one does not reach back (A5)."""
    ids = {one.ticket.agreement_version for one in ticket_clocks if one.ticket.agreement_version}
    return await agreements.get_versions(tx, ids)


def _terms_for(agreement: Agreement, ticket_clock: TicketClock, event: TicketEvent) -> Terms:
    """None is promised of a service that it is not about: the ticket's may have been corrected."""
    terms = agreement.terms_for(ticket_clock.clock.metric, event.priority, event.kind)
    return (
        terms
        if agreement.covers_service(ticket_clock.ticket.service)
        else replace_struct(terms, target=None)
    )


def _with_event_facts(ticket_clock: TicketClock, event: TicketEvent) -> TicketClock:
    """The clock, its ticket with the facts that the event tells."""
    ticket = replace(ticket_clock.ticket, priority=event.priority, kind=event.kind)
    return replace(ticket_clock, ticket=ticket)
