"""Simulate a clock from a list of inputs; nothing is stored. Pure.

Timers fire exactly when due, and every input is known when it occurs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import BREACH, Clock, Firing, Input, Timetables
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import fire_missed, firing_input, next_firing


@dataclass(frozen=True, slots=True)
class Simulation:
    """The clock at the end, and its firings in order."""

    clock: Clock
    firings: tuple[Firing, ...]


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
