"""What a clock that ended, or was reopened, adds to the known handling times. Pure.

A stop is an observation; an end without a stop (cancelled) is a censored one. A reopened clock
takes its observation back and adds a new one when it stops again. Each cycle of a metric that has
several counts by itself. Only promises to customers count: the time of second level or a partner is
part of theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sla.clocks.domain.clock import ZERO, Clock
from sla.clocks.domain.ticket_clock import Change
from sla.forecasts.domain.survival import EndedCounts, bin_of


@dataclass(frozen=True, slots=True)
class HandlingTimeChange:
    """One change of the counts. `month` is the first day of the month (UTC) in which it ended.

    `breached`: the outcome of the promise of that cycle; None: it is open again, or has none.
    """

    clock_id: UUID
    cycle: int
    metric: str
    priority: str
    kind: str
    month: date
    bin: int
    counts: EndedCounts
    breached: bool | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a cycle. `counts` are zero while it is open; `at` is when it ended.

    `decided_at`: when it breached, else when it stopped.
    """

    cycle: int
    elapsed_seconds: float
    counts: EndedCounts
    breached: bool | None
    at: datetime
    decided_at: datetime


def handling_time_changes(change: Change) -> Iterator[HandlingTimeChange]:
    """Yield the changes of the counts, input by input; most inputs have none.

    A change with zero counts says that the promise breached, or that there is none (any more).
    """
    before = change.before.clock
    if before.contract != "sla":
        return
    for _, after in change.steps:
        for end, sign in _differences(before, after):
            yield _build_change(change, end, sign)
        before = after


def _differences(before: Clock, after: Clock) -> Iterator[tuple[_End, int]]:
    if after.cycle != before.cycle:
        if before.open:
            yield _completed_cycle(before, after), 1
        return
    previous, current = _end(before), _end(after)
    if (previous.counts, previous.elapsed_seconds) != (current.counts, current.elapsed_seconds):
        if previous.counts != EndedCounts():
            yield previous, -1
        yield current, 1
    elif (
        previous.breached != current.breached or (before.state, after.state).count("no_target") == 1
    ):
        yield current, 0


def _end(clock: Clock) -> _End:
    state = clock.state
    elapsed_seconds = clock.counted.total_seconds() if state in ("stopped", "cancelled") else 0.0
    counts = EndedCounts(int(state == "stopped"), int(state == "cancelled"))
    at = clock.stopped_at or clock.since
    return _End(
        clock.cycle, elapsed_seconds, counts, _is_breached(clock), at, clock.cycle_breached_at or at
    )


def _is_breached(clock: Clock) -> bool | None:
    """Return whether this cycle breached; a waived breach is one as well. None while undecided."""
    if clock.terms.target is None or clock.state in ("cancelled", "not_started"):
        return None
    if clock.cycle_breached_at is not None:
        return True
    return False if clock.state == "stopped" else None


def _completed_cycle(before: Clock, after: Clock) -> _End:
    """Return the end of a cycle that ended because the next one began (`update`)."""
    segments = after.stretches[before.cycle : after.cycle]
    elapsed = sum((one.working_time for one in segments if one.kind == "running"), ZERO)
    breached = None if before.terms.target is None else before.cycle_breached_at is not None
    at, breached_at = after.since, before.cycle_breached_at
    return _End(
        before.cycle,
        elapsed.total_seconds(),
        EndedCounts(stopped=1),
        breached,
        at,
        breached_at or at,
    )


def _build_change(change: Change, end: _End, sign: int) -> HandlingTimeChange:
    ticket, clock = change.before.ticket, change.before.clock
    return HandlingTimeChange(
        change.before.id,
        end.cycle,
        clock.metric,
        ticket.priority,
        ticket.kind,
        end.at.date().replace(day=1),
        bin_of(end.elapsed_seconds),
        EndedCounts(sign * end.counts.stopped, sign * end.counts.censored),
        end.breached if sign >= 0 else None,
        end.decided_at,
    )
