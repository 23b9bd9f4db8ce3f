"""How a clock changes with each thing that it hears (C2-C7). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import (
    BREACH,
    ZERO,
    Clock,
    Firing,
    Input,
    Timetables,
    Waived,
    fixed,
    shares,
)
from sla.clocks.domain.timeline import Stretch
from sla.clocks.domain.transitions import WAITING, effect_of


def start(metric: Metric, opened: Input, tables: Timetables, contract: Contract = "sla") -> Clock:
    """The clock as its first input leaves it. `opened.terms` must be given."""
    assert opened.terms is not None
    begun = metric != "next_reply"  # which waits for the customer's next message
    at = opened.at
    clock = Clock(metric, opened.terms, at, at, begun, contract, waiting=opened.waiting)
    return _aimed(clock, tables)


def fold(
    metric: Metric, inputs: Iterable[Input], tables: Timetables, contract: Contract = "sla"
) -> Clock:
    """The clock after all of its inputs, in ordinal order; the first is `opened`."""
    heard = iter(inputs)
    clock = start(metric, next(heard), tables, contract)
    for heard_next in heard:
        clock = step(clock, heard_next, tables)
    return clock


def step(clock: Clock, heard: Input, tables: Timetables) -> Clock:
    """The clock after one more input.

    An input that claims to be older than the present stretch counts from that stretch's start: the
    order in which a ticket's events come holds, their times may be a little off.
    """
    if clock.cancelled is not None:
        return clock
    if heard.firing is not None:
        return _fired(clock, heard.firing)
    if heard.waived is not None:
        return replace(clock, waivers=_with(clock.waivers, heard.waived))
    effect = effect_of(clock, heard)
    waiting = WAITING.get(heard.kind, clock.waiting)
    terms = heard.terms or clock.terms
    as_before = not clock.open or (waiting and terms.pausable) == clock.waits
    if effect is None and as_before and terms == clock.terms:
        return clock if waiting == clock.waiting else replace(clock, waiting=waiting)
    at = max(heard.at, clock.since)
    moved = _turned(clock, at, tables, waiting=waiting, terms=terms, moved_by=heard.kind)
    if effect is not None:
        moved = effect(moved, heard)
    return _judged(_aimed(moved, tables))


def reached(clock: Clock, amount: timedelta, tables: Timetables) -> datetime | None:
    """The earliest instant at which this cycle's counted time is `amount` (C4).

    None while paused before it. Of a stopped clock: had it run on from the stop.
    """
    if clock.counted < amount:
        if clock.open and clock.waits:
            return None
        since = clock.stopped_at or clock.since
        return tables[clock.terms.calendar].after(since, amount - clock.counted)
    rest = amount
    for stretch in clock.stretches[clock.cycle :]:
        if stretch.why == "running" and rest <= stretch.worked:
            return tables[stretch.calendar].after(stretch.start, rest)
        rest -= stretch.worked if stretch.why == "running" else ZERO
    return clock.since


def _with(waivers: tuple[Waived, ...], heard: Waived) -> tuple[Waived, ...]:
    return (*(one for one in waivers if one.waiver != heard.waiver), heard)


def _fired(clock: Clock, firing: Firing) -> Clock:
    fired = (*clock.fired, firing.kind)
    if firing.kind != BREACH:
        return replace(clock, fired=fired)
    return replace(clock, fired=fired, cycle_breached_at=firing.due_at, breach_reason=firing.reason)


def _turned(clock: Clock, at: datetime, tables: Timetables, **changed: Any) -> Clock:
    """The changed clock, its present stretch ended at `at` as it was, and the next one begun."""
    if at == clock.since:
        return replace(clock, **changed)
    why, calendar = clock.why, clock.terms.calendar
    worked = ZERO if why == "stopped" else tables[calendar].between(clock.since, at)
    return replace(
        clock,
        since=at,
        counted=clock.counted + worked if why == "running" else clock.counted,
        paused=clock.paused + worked if why == "waiting_on_customer" else clock.paused,
        stretches=clock.stretches.followed_by(Stretch(clock.since, at, why, calendar, worked)),
        **changed,
    )


def _aimed(clock: Clock, tables: Timetables) -> Clock:
    """The clock with its deadline. Where that moved, warnings still ahead are armed again (C7)."""
    target = clock.terms.target
    silent = target is None or clock.idle or clock.cancelled is not None
    deadline = None if silent or target is None else reached(clock, target, tables)
    if deadline == clock.deadline:
        return clock
    fired = clock.fired and _still_fired(clock, deadline)
    return replace(clock, deadline=deadline, generation=clock.generation + 1, fired=fired)


def _still_fired(clock: Clock, deadline: datetime | None) -> tuple[str, ...]:
    ahead = {kind for kind, amount in shares(clock.terms) if amount > clock.counted}
    if deadline is not None:
        ahead |= {kind for kind, due in fixed(clock.terms, deadline) if due > clock.since}
    return tuple(kind for kind in clock.fired if kind not in ahead)


def _judged(clock: Clock) -> Clock:
    """Late knowledge and moved deadlines take a breach back (architecture, 6; C6)."""
    if clock.cycle_breached_at is None or _late(clock, clock.cycle_breached_at):
        return clock
    fired = tuple(kind for kind in clock.fired if kind != BREACH)
    return replace(clock, cycle_breached_at=None, breach_reason=None, fired=fired)


def _late(clock: Clock, breached_at: datetime) -> bool:
    if clock.cancelled is not None:
        return True
    if clock.deadline is None:
        return False
    if clock.open and not clock.waits and clock.deadline <= breached_at:
        return True
    return clock.deadline < (clock.stopped_at or clock.since)
