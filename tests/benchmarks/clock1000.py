"""The life of one clock with a thousand events: what `POST /v1/clocks/simulate` computes, and the
state of a stored clock. Processor time, the fastest of some rounds."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sla.agreements.domain.agreement import Metric, Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.codec import dump_clock, load_clock
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.snapshot import take_snapshot
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

EVENTS, ROUNDS, MOST = 1_000, 30, 0.005
OFFICE = UUID(int=1)
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
TABLES = {OFFICE: Timetable(Calendar(read_zone("Europe/Amsterdam"), WEEK))}
KINDS: tuple[InputKind, ...] = ("on_hold", "customer_replied", "replied", "resolved", "reopened")
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


async def run(scale: Scale) -> AsyncIterator[Result]:
    inputs = life()
    until = inputs[-1].at + timedelta(hours=1)
    metrics: tuple[Metric, ...] = ("resolution", "update")
    for metric in metrics:
        lived = simulate(metric, inputs, until, TABLES).clock
        state_json = dump_clock(lived)
        assert load_clock(state_json) == lived

        def simulated(metric: Metric = metric) -> object:
            clock = simulate(metric, inputs, until, TABLES).clock
            return take_snapshot(clock, until, TABLES)

        def loaded(state_json: str = state_json) -> object:
            return take_snapshot(load_clock(state_json), until, TABLES)

        yield _result(f"{metric} clock, {EVENTS:,} events, simulated", simulated)
        yield _result(f"{metric} clock, {EVENTS:,} events, state as stored", loaded)


def life() -> list[Input]:
    """Opened, then an event every 37 minutes, over 25 days."""
    terms = Terms(timedelta(hours=400), OFFICE)
    inputs = [Input(1, "opened", BEGIN, BEGIN, terms)]
    for ordinal in range(2, EVENTS + 1):
        at = BEGIN + timedelta(minutes=37 * ordinal)
        inputs.append(Input(ordinal, KINDS[ordinal % len(KINDS)], at, at))
    return inputs


def _result(work: str, computed: Callable[[], object]) -> Result:
    fastest = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        computed()
        fastest = min(fastest, time.process_time() - began)
    return Result(work, f"{fastest * 1000:.2f} ms", "", "", "<= 5 ms", fastest <= MOST)
