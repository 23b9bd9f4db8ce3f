"""A clock's whole life in one go, nothing stored: what-if, tests, portals. Pure.

Timers fire exactly when due, and everything is known when it happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import BREACH, Clock, Firing, Input, Timetables
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import caught_up, fired, next_firing


@dataclass(frozen=True, slots=True)
class Simulated:
    """The clock as it is at the end, and its firings in order."""

    clock: Clock
    firings: tuple[Firing, ...]


def simulate(
    metric: Metric,
    inputs: Iterable[Input],
    as_of: datetime,
    tables: Timetables,
    contract: Contract = "sla",
) -> Simulated:
    """Inputs in the order of their times, `opened` first; those after `as_of` are yet to come."""
    heard = iter(inputs)
    clock = start(metric, next(heard), tables, contract)
    firings: list[Firing] = []
    for heard_next in heard:
        if heard_next.at > as_of:
            break
        clock, before = caught_up(clock, heard_next.at, tables)
        firings += before
        clock = step(clock, heard_next, tables)
    clock, before = caught_up(clock, as_of, tables)
    return _warned_now(Simulated(clock, (*firings, *before)), as_of, tables)


def _warned_now(run: Simulated, as_of: datetime, tables: Timetables) -> Simulated:
    """A warning is due at its instant; the promise breaks only after it (C5)."""
    firing = next_firing(run.clock, tables)
    if firing is None or firing.kind == BREACH or firing.due_at > as_of:
        return run
    clock = step(run.clock, fired(firing, as_of), tables)
    return _warned_now(Simulated(clock, (*run.firings, firing)), as_of, tables)
