"""Replay every clock from its inputs and compare it with the stored one (C9)."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection, Database
from sla.clocks import reactions
from sla.clocks.commands import load_timetables
from sla.clocks.domain.clock import Clock, Input, Timetables
from sla.clocks.domain.codec import dump_clock
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import fire_missed, next_firing
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store import clocks, inputs
from sla.clocks.store.falsified import find_falsified
from sla.clocks.tables import clocks as clock_table

BATCH_SIZE = 200


async def find_differences(database: Database) -> AsyncIterator[str]:
    """Yield one sentence for each clock that differs from the fold over its inputs."""
    after = UUID(int=0)
    while True:
        async with database.transaction() as tx:
            statement = select(clock_table.c.id).where(clock_table.c.id > after)
            ids = list(await tx.scalars(statement.order_by(clock_table.c.id).limit(BATCH_SIZE)))
            ticket_clocks = await clocks.load(tx, ids)
            contradictions = await _find_contradictions(tx, ticket_clocks)
            contradictions |= await find_falsified(tx, ticket_clocks)
            inputs_by_clock = await inputs.list_by_clocks(tx, ids)
            extra_terms = [
                one.terms
                for inputs_of_clock in inputs_by_clock.values()
                for one in inputs_of_clock
                if one.terms
            ]
            tables = await load_timetables(tx, ticket_clocks, extra_terms)
            for ticket_clock in ticket_clocks:
                finding = describe_difference(
                    ticket_clock, inputs_by_clock[ticket_clock.id], tables
                )
                if finding := finding or contradictions.get(ticket_clock.id):
                    yield f"clock/{ticket_clock.id} ({ticket_clock.ticket.key}): {finding}"
        if not ids:
            return
        after = ids[-1]


async def _find_contradictions(
    tx: Connection, ticket_clocks: Sequence[TicketClock]
) -> dict[UUID, str]:
    """Return, by clock id, how a clock contradicts the records of another noun, such as waivers."""
    contradictions: dict[UUID, str] = {}
    for find in reactions.get_installed().on_replay:
        contradictions = {**await find(tx, ticket_clocks), **contradictions}
    return contradictions


def describe_difference(
    ticket_clock: TicketClock, stored_inputs: list[Input], tables: Timetables
) -> str | None:
    """Return how the clock differs from the fold over its inputs; None where it does not."""
    if [one.ordinal for one in stored_inputs] != list(range(1, ticket_clock.ordinal + 1)):
        return f"has {len(stored_inputs)} inputs where the clock counts {ticket_clock.ordinal}"
    replayed_clock, finding = replay(ticket_clock.clock, stored_inputs, tables)
    if finding is None:
        finding = _describe_schedule(ticket_clock, replayed_clock, tables)
    if finding is None and dump_clock(replayed_clock) != dump_clock(ticket_clock.clock):
        finding = f"is {replayed_clock.state} with deadline {replayed_clock.deadline} when replayed"
    return finding


def _describe_schedule(
    ticket_clock: TicketClock, replayed_clock: Clock, tables: Timetables
) -> str | None:
    """Return how the clock's next firing is not the one that is due next; None where it is."""
    firing = next_firing(replayed_clock, tables)
    due_at = firing.due_at if firing else None
    if due_at == ticket_clock.next_at:
        return None
    return f"fires next at {ticket_clock.next_at}, where {due_at} is due"


def replay(
    original: Clock, stored_inputs: list[Input], tables: Timetables
) -> tuple[Clock, str | None]:
    """Return the clock folded again, and the first firing that was not due, or is missing, if any."""
    opening = stored_inputs[0]
    clock = start(original.metric, opening, tables, original.contract)
    for one in stored_inputs[1:]:
        if one.firing is None and one.known_at != opening.known_at:
            _, missed = fire_missed(clock, one.at, tables)
            if missed:
                return clock, (
                    f"has no firing of {missed[0].kind}, which was due at {missed[0].due_at}, before its"
                    f" input {one.ordinal}"
                )
        if one.firing is not None and one.firing != next_firing(clock, tables):
            return clock, f"fired {one.firing.kind} at ordinal {one.ordinal}, which was not due"
        clock = step(clock, one, tables)
    return clock, None
