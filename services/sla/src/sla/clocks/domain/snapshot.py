"""The figures of a clock at an instant, and the segments that add up to them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.clocks.domain.clock import ZERO, Clock, State, Timetables
from sla.clocks.domain.timeline import Segment


@dataclass(frozen=True, slots=True)
class ClockSnapshot:
    """The figures of a clock. `remaining` and `overrun` are counted time.

    `remaining` is None without a target. `longest_cycle` includes the current one (C1).
    """

    state: State
    counted: timedelta
    paused: timedelta
    deadline: datetime | None
    remaining: timedelta | None
    overrun: timedelta
    breached: bool
    breached_at: datetime | None
    longest_cycle: timedelta


def take_snapshot(clock: Clock, as_of: datetime, tables: Timetables) -> ClockSnapshot:
    """Compute the figures of a clock at `as_of`."""
    current = _current_segment(clock, as_of, tables)
    counted = clock.counted + (current.working_time if current.kind == "running" else ZERO)
    paused = clock.paused + (
        current.working_time if current.kind == "waiting_on_customer" else ZERO
    )
    target = clock.terms.target
    return ClockSnapshot(
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


def longest_overrun(clock: Clock, snapshot: ClockSnapshot) -> timedelta:
    """Return by how much counted time the longest cycle was late; zero where nothing was broken.

    Of a withdrawn promise: as late as it was when it was withdrawn (C10).
    """
    if clock.breach_at_withdrawal is not None:
        return max(clock.breach_at_withdrawal.counted - clock.breach_at_withdrawal.target, ZERO)
    target = clock.terms.target
    return ZERO if target is None else max(snapshot.longest_cycle - target, ZERO)


def segments(clock: Clock, as_of: datetime, tables: Timetables) -> Sequence[Segment]:
    """Return all segments up to `as_of`, the current one last."""
    current = _current_segment(clock, as_of, tables)
    return [*clock.stretches, current] if current.end > current.start else clock.stretches


def _current_segment(clock: Clock, as_of: datetime, tables: Timetables) -> Segment:
    until, kind, table = max(as_of, clock.since), clock.segment_kind, tables[clock.terms.calendar]
    working_time = ZERO if kind == "stopped" else table.between(clock.since, until)
    return Segment(clock.since, until, kind, clock.terms.calendar, working_time)
