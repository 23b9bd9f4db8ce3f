"""Simulate a clock from a list of inputs; nothing is stored. Pure.

Timers fire exactly when due, and every input is known when it occurs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sla.agreements.domain.agreement import Contract, Metric
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.questions import Unanswerable
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.clocks.domain.clock import BREACH, Clock, Firing, Input, Timetables
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import fire_missed, firing_input, next_firing
from sla.clocks.domain.snapshot import ClockSnapshot, segments, take_snapshot
from sla.clocks.domain.timeline import Segment

_MICROS_PER_EVENT: Final = 60
_MICROS_PER_WARNING: Final = 25


@dataclass(frozen=True, slots=True)
class Simulation:
    """The clock at the end, and its firings in order."""

    clock: Clock
    firings: tuple[Firing, ...]


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """What a simulation shows at its end."""

    snapshot: ClockSnapshot
    firings: tuple[Firing, ...]
    segments: Sequence[Segment]


def simulation_ms(events: int, warnings: int) -> int:
    """The price of a simulation, in milliseconds, without that of the opening intervals."""
    return events * (_MICROS_PER_EVENT + _MICROS_PER_WARNING * warnings) // 1000


def simulate_with(
    table: Timetable, calendar_id: UUID, metric: Metric, inputs: Sequence[Input], as_of: datetime
) -> SimulatedClock:
    """Simulate a clock whose terms all name one calendar. Raises NeverOpens, OutOfRange."""
    tables = {calendar_id: table}
    run = simulate(metric, inputs, as_of, tables)
    return SimulatedClock(
        take_snapshot(run.clock, as_of, tables), run.firings, segments(run.clock, as_of, tables)
    )


def simulate_anew(
    calendar: Calendar,
    years: tuple[int, int],
    calendar_id: UUID,
    metric: Metric,
    inputs: Sequence[Input],
    as_of: datetime,
) -> SimulatedClock:
    """The same with a timetable that is made for it. Raises Unanswerable."""
    try:
        return simulate_with(Timetable(calendar, years), calendar_id, metric, inputs, as_of)
    except NeverOpens as error:
        raise Unanswerable(0, "never_opens", str(error)) from None
    except OutOfRange as error:
        raise Unanswerable(0, "out_of_range", str(error)) from None


def simulate(
    metric: Metric,
    inputs: Iterable[Input],
    as_of: datetime,
    tables: Timetables,
    contract: Contract = "sla",
) -> Simulation:
    """Simulate a clock up to `as_of`; inputs are in the order of their times, `opened` first."""
    remaining = iter(inputs)
    clock = start(metric, next(remaining), tables, contract)
    firings: list[Firing] = []
    for input in remaining:
        if input.at > as_of:
            break
        clock, missed = fire_missed(clock, input.at, tables)
        firings += missed
        clock = step(clock, input, tables)
    clock, missed = fire_missed(clock, as_of, tables)
    return _with_due_warning(Simulation(clock, (*firings, *missed)), as_of, tables)


def _with_due_warning(run: Simulation, as_of: datetime, tables: Timetables) -> Simulation:
    """Fire the warnings due at `as_of` itself; a breach is only after its instant (C5)."""
    firing = next_firing(run.clock, tables)
    if firing is None or firing.kind == BREACH or firing.due_at > as_of:
        return run
    clock = step(run.clock, firing_input(firing, as_of), tables)
    return _with_due_warning(Simulation(clock, (*run.firings, firing)), as_of, tables)
