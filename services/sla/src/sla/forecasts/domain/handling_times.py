"""What a clock that ended, or did not after all, adds to the known handling times. Pure.

A stop is an observation, an end without one (cancelled) a censored one. A clock that is reopened
takes its observation back and brings a new one when it stops again. Every cycle of a metric that
has several counts for itself. Only what customers are promised: how long second level or a partner
takes is part of it already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sla.clocks.domain.clock import ZERO, Clock
from sla.clocks.domain.ticket_clock import Change
from sla.forecasts.domain.survival import Ended, bin_of


@dataclass(frozen=True, slots=True)
class Handling:
    """One difference. `broke`: how the promise of that cycle came out; None: it is open again, or
    came to nothing. `month` is the first of the month (UTC) in which it ended."""

    clock_id: UUID
    cycle: int
    metric: str
    priority: str
    kind: str
    month: date
    bin: int
    ended: Ended
    broke: bool | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _End:
    """How a cycle stands: `ended` is nothing while it is open; `settled_at` is when it broke, or
    when it stopped."""

    cycle: int
    counted: float
    ended: Ended
    broke: bool | None
    at: datetime
    settled_at: datetime


def handlings(change: Change) -> Iterator[Handling]:
    """What became of a clock, input by input; nothing for most of them.

    One without any counts says that the promise broke, or that there is none (any more).
    """
    before = change.before.clock
    if before.contract != "sla":
        return
    for _, after in change.heard:
        for end, sign in _differences(before, after):
            yield _handling(change, end, sign)
        before = after


def _differences(before: Clock, after: Clock) -> Iterator[tuple[_End, int]]:
    if after.cycle != before.cycle:
        if before.open:
            yield _rounded_off(before, after), 1
        return
    was, now = _end(before), _end(after)
    if (was.ended, was.counted) != (now.ended, now.counted):
        if was.ended != Ended():
            yield was, -1
        yield now, 1
    elif was.broke != now.broke or (before.state, after.state).count("no_target") == 1:
        yield now, 0


def _end(clock: Clock) -> _End:
    state = clock.state
    counted = clock.counted.total_seconds() if state in ("stopped", "cancelled") else 0.0
    ended = Ended(int(state == "stopped"), int(state == "cancelled"))
    at = clock.stopped_at or clock.since
    return _End(clock.cycle, counted, ended, _broke(clock), at, clock.cycle_breached_at or at)


def _broke(clock: Clock) -> bool | None:
    """Of this cycle alone; an approved violation is one all the same."""
    if clock.terms.target is None or clock.state in ("cancelled", "not_started"):
        return None
    if clock.cycle_breached_at is not None:
        return True
    return False if clock.state == "stopped" else None


def _rounded_off(before: Clock, after: Clock) -> _End:
    """A cycle that ended because the next one began (`update`)."""
    stretches = after.stretches[before.cycle : after.cycle]
    counted = sum((one.worked for one in stretches if one.why == "running"), ZERO)
    broke = None if before.terms.target is None else before.cycle_breached_at is not None
    at, breached_at = after.since, before.cycle_breached_at
    return _End(
        before.cycle, counted.total_seconds(), Ended(stopped=1), broke, at, breached_at or at
    )


def _handling(change: Change, end: _End, sign: int) -> Handling:
    ticket, clock = change.before.ticket, change.before.clock
    return Handling(
        change.before.id,
        end.cycle,
        clock.metric,
        ticket.priority,
        ticket.kind,
        end.at.date().replace(day=1),
        bin_of(end.counted),
        Ended(sign * end.ended.stopped, sign * end.ended.censored),
        end.broke if sign >= 0 else None,
        end.settled_at,
    )
