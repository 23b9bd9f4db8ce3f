"""Kafka in: tickets that are merged, and separated again (C10)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from common.events.envelope import ReceivedEvent
from common.events.ticket_links import TicketUnmerged
from common.events.tickets import TicketMerged
from common.persistence.database import Connection, transaction_time
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.merging import (
    FROM_OPENING,
    input_of_later_opening,
    inputs_of_merged,
    with_earlier_opening,
)
from sla.clocks.domain.ticket_clock import Ticket, TicketClock, apply_input
from sla.clocks.handlers.ticket_inputs import occurred_at
from sla.clocks.store import clocks, tickets


async def on_merged(tx: Connection, received: ReceivedEvent[TicketMerged]) -> None:
    """Cancel the clocks of a merged ticket that are not broken; no promise is later than it was (C10)."""
    event = received.event
    found, all_clocks = await _lock_two(tx, event.ticket_id, event.into_id)
    known_at, tables = await transaction_time(tx), await load_timetables(tx, all_clocks)
    own = [one for one in all_clocks if one.ticket.id == event.ticket_id]
    reason = f"merged into {event.into}"
    by = () if event.by is None else (event.by,)
    ended = Input(0, "merged", occurred_at(received), known_at, reason=reason, by=by)
    changes = [apply_input(one, ended, tables) for one in own]
    merged, survivor = found[event.ticket_id], found[event.into_id]
    if merged is not None and survivor is not None and merged.id != survivor.id:
        await tickets.upsert(tx, [with_earlier_opening(survivor, merged)])
        surviving = [one for one in all_clocks if one.ticket.id == survivor.id]
        inputs = inputs_of_merged(merged, survivor, own, occurred_at(received), known_at)
        changes += [
            apply_input(one, input, tables)
            for one in surviving
            if one.clock.contract == "sla" and (input := inputs.get(one.clock.metric))
        ]
    await apply_changes(tx, changes, known_at)


async def on_unmerged(tx: Connection, received: ReceivedEvent[TicketUnmerged]) -> None:
    """Let the clocks of a separated ticket run on as if it had never been merged (C10).

    The time since the merge counts. The survivor's clocks count from its own opening again, as two people
    say that they are two requests; a message that it took over still waits there for its answer.
    """
    event, at = received.event, occurred_at(received)
    found, all_clocks = await _lock_two(tx, event.ticket_id, event.from_id)
    known_at, tables = await transaction_time(tx), await load_timetables(tx, all_clocks)
    by = (event.requested_by, event.confirmed_by)
    separated = Input(0, "unmerged", at, known_at, by=by)
    # What a partner or second level promised ended with the merge: the ticket is with first level again.
    changes = [
        apply_input(one, separated, tables)
        for one in all_clocks
        if one.ticket.id == event.ticket_id and one.clock.contract == "sla"
    ]
    survivor = found[event.from_id]
    if survivor is not None and survivor.opened_at < event.survivor_opened_at:
        opened_at = event.survivor_opened_at
        await tickets.upsert(tx, [replace(survivor, opened_at=opened_at)])
        later = input_of_later_opening(opened_at, event.ticket, at, known_at)
        changes += [
            apply_input(one, later, tables)
            for one in all_clocks
            if one.ticket.id == survivor.id
            and one.clock.contract == "sla"
            and one.clock.metric in FROM_OPENING
        ]
    await apply_changes(tx, changes, known_at)


async def _lock_two(
    tx: Connection, one: UUID, other: UUID
) -> tuple[Mapping[UUID, Ticket | None], Sequence[TicketClock]]:
    """Both tickets with their clocks, locked in the order of ids: each may be merged at once."""
    found = {id: await tickets.lock(tx, id) for id in sorted({one, other})}
    return found, await clocks.lock_by_tickets(tx, list(found))
