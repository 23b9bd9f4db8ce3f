"""The next firing of a clock, and the firings that were missed before an instant (C5-C8). Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sla.clocks.domain.clock import (
    BREACH,
    Clock,
    Firing,
    Timetables,
    fixed_warnings,
    warning_thresholds,
)
from sla.clocks.domain.clock import Input as ClockInput
from sla.clocks.domain.fold import step

REVEALING: Final = ("reclassified", "opened_earlier")
"""Inputs that change from when or for what a promise held, also of a clock that has stopped."""


def next_firing(clock: Clock, tables: Timetables) -> Firing | None:
    """Return the next firing of a clock; None while it does not run.

    A stopped clock fires only the breach that a reclassification of its ticket reveals, or a merged
    ticket that was opened earlier: the promise for what it is now applied from the opening on (C5, C6,
    C10, R1).
    """
    if clock.state == "stopped":
        return _revealed_breach(clock)
    if clock.state != "running":
        return None
    candidates = [
        *_threshold_warning(clock, tables),
        *_fixed_warnings(clock),
        *_breach_firing(clock),
    ]
    return min(candidates, key=lambda firing: (firing.due_at, firing.kind == BREACH), default=None)


def fire_missed(
    clock: Clock, until: datetime, tables: Timetables
) -> tuple[Clock, tuple[Firing, ...]]:
    """Return the clock after the firings that were due before an action at `until`, and those."""
    firings: list[Firing] = []
    while (
        _may_fire(clock, until)
        and (firing := next_firing(clock, tables))
        and firing.reached_at < until
    ):
        clock = step(clock, firing_input(firing, until), tables)
        firings.append(firing)
    return clock, tuple(firings)


def firing_input(firing: Firing, known_at: datetime, ordinal: int = 0) -> ClockInput:
    """Return the firing as an input of its clock."""
    return ClockInput(ordinal, "fired", firing.due_at, known_at, firing=firing)


def _may_fire(clock: Clock, until: datetime) -> bool:
    """Return False where no firing can be due, without a calendar: counted time <= elapsed time."""
    if clock.deadline is None or not clock.open:
        return _revealed_breach(clock) is not None
    if clock.deadline < until or clock.terms.ahead:
        return True
    max_counted = clock.counted + (until - clock.since)
    thresholds = warning_thresholds(clock.terms)
    if not thresholds or max_counted <= thresholds[0][1]:
        return False
    return any(
        clock.counted <= amount < max_counted and kind not in clock.fired
        for kind, amount in thresholds
    )


def _revealed_breach(clock: Clock) -> Firing | None:
    target, deadline = clock.terms.target, clock.deadline
    if clock.moved_by not in REVEALING or clock.open or BREACH in clock.fired:
        return None
    if target is None or deadline is None or clock.counted <= target:
        return None
    return Firing(BREACH, clock.since, deadline, clock.moved_by)


def _threshold_warning(clock: Clock, tables: Timetables) -> Iterator[Firing]:
    for kind, amount in warning_thresholds(clock.terms):
        if amount >= clock.counted and kind not in clock.fired:
            due_at = tables[clock.terms.calendar].after(clock.since, amount - clock.counted)
            yield Firing(kind, due_at, due_at)
            return


def _fixed_warnings(clock: Clock) -> Iterator[Firing]:
    if clock.deadline is not None:
        for kind, due_at in fixed_warnings(clock.terms, clock.deadline):
            if due_at >= clock.since and kind not in clock.fired:
                yield Firing(kind, due_at, due_at)


def _breach_firing(clock: Clock) -> Iterator[Firing]:
    deadline = clock.deadline
    if deadline is not None and BREACH not in clock.fired:
        reason = "deadline" if deadline >= clock.since else clock.moved_by
        yield Firing(BREACH, max(deadline, clock.since), deadline, reason)
