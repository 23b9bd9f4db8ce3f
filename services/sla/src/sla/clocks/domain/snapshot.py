"""Where a clock stands at an instant: figures for people, and the stretches that add up to them.

Pure. Nothing here changes a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.clocks.domain.clock import ZERO, Clock, State, Timetables
from sla.clocks.domain.timeline import Stretch


@dataclass(frozen=True, slots=True)
class Standing:
    """`remaining` and `overrun` are counted time; None where nothing is promised.

    `worst` is the longest of all cycles, the present one included (C1).
    """

    state: State
    counted: timedelta
    paused: timedelta
    deadline: datetime | None
    remaining: timedelta | None
    overrun: timedelta
    breached: bool
    breached_at: datetime | None
    worst: timedelta


def standing(clock: Clock, as_of: datetime, tables: Timetables) -> Standing:
    present = _present(clock, as_of, tables)
    counted = clock.counted + (present.worked if present.why == "running" else ZERO)
    paused = clock.paused + (present.worked if present.why == "waiting_on_customer" else ZERO)
    target = clock.terms.target
    return Standing(
        clock.state,
        counted,
        paused,
        clock.deadline,
        None if target is None else max(target - counted, ZERO),
        ZERO if target is None else max(counted - target, ZERO),
        clock.breached_at is not None,
        clock.breached_at,
        max(clock.worst, counted),
    )


def stretches(clock: Clock, as_of: datetime, tables: Timetables) -> Sequence[Stretch]:
    """All of its time up to `as_of`, the present stretch last."""
    present = _present(clock, as_of, tables)
    return [*clock.stretches, present] if present.end > present.start else clock.stretches


def _present(clock: Clock, as_of: datetime, tables: Timetables) -> Stretch:
    until, why, table = max(as_of, clock.since), clock.why, tables[clock.terms.calendar]
    worked = ZERO if why == "stopped" else table.between(clock.since, until)
    return Stretch(clock.since, until, why, clock.terms.calendar, worked)
