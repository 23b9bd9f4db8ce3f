"""`python -m sla verify` on many clocks: stored inputs read, folded again, compared byte for byte.

Processor time of this process; what PostgreSQL spends on reading is not in it.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from common.persistence.database import Database
from common.persistence.ids import uuid7
from sla.calendars import store as calendars
from sla.clocks import reactions
from sla.clocks.domain.clock import Input, InputKind, Timetables
from sla.clocks.domain.ticket_clock import Ticket, TicketClock, apply_input, new_clock
from sla.clocks.replay import find_differences
from sla.clocks.store import clocks, inputs, tickets
from sla.clocks.store.inputs import StoredInput
from sla.reactions import REACTIONS
from sla_support.company import ACME, NINE, promise
from tests.benchmarks.environment import schema_of, servers
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

EVENTS, ROUNDS, LEAST = 20, 3, 20_000
KINDS: tuple[InputKind, ...] = ("on_hold", "resumed", "resolved", "reopened")


async def run(scale: Scale) -> AsyncIterator[Result]:
    reactions.install(REACTIONS)
    number = min(scale.armed // 250, 4_000)
    with servers() as found:
        async with schema_of(found, "sla", simulated=True) as url:
            database = Database(url, "sla", pool_size=2)
            stored = await _store(database, number)
            fastest = float("inf")
            for _ in range(ROUNDS):
                began = time.process_time()
                wrong = [one async for one in find_differences(database)]
                fastest = min(fastest, time.process_time() - began)
                assert wrong == [], wrong[:3]
            await database.close()
    rate = stored / fastest
    work = f"{number:,} clocks replayed from {stored:,} inputs, compared byte for byte"
    yield Result(work, f"{rate:,.0f} events/s", "", "", ">= 20,000 events/s", rate >= LEAST)


async def _store(database: Database, number: int) -> int:
    """How many inputs the clocks have; each waits, goes on, is resolved and reopened in turn."""
    agreement = await promise(database, metrics=("resolution",))
    terms = agreement.terms_for("resolution", "major", "incident")
    stored = 0
    async with database.transaction() as tx:
        tables = await calendars.load_timetables(tx, [terms.calendar])
        for clock_number in range(number):
            ticket = Ticket(
                UUID(int=clock_number + 1), f"BEN-{clock_number}", "Synthetic", "incident", "major", ACME, "acme",
                None, None, NINE, agreement.id, agreement.key,
            )  # fmt: skip
            opened = Input(1, "opened", NINE, NINE, terms)
            clock, steps = _play_life(
                new_clock(uuid7(), ticket, "resolution", opened, tables), tables
            )
            await tickets.upsert(tx, [ticket])
            await clocks.add(tx, [(clock, opened)])
            await inputs.append(tx, [StoredInput(clock.id, one) for one in steps])
            stored += 1 + len(steps)
    return stored


def _play_life(tracked: TicketClock, tables: Timetables) -> tuple[TicketClock, list[Input]]:
    inputs: list[Input] = []
    for event_number in range(1, EVENTS):
        at = NINE + event_number * timedelta(minutes=31)
        change = apply_input(tracked, Input(0, KINDS[event_number % len(KINDS)], at, at), tables)
        inputs += [one for one, _ in change.steps]
        tracked = replace(
            tracked, clock=change.clock, ordinal=change.ordinal, next_at=change.next_at
        )
    return tracked, inputs
