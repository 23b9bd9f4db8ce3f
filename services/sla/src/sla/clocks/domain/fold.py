"""How a clock changes with each of its inputs (C2-C7). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import (
    BREACH,
    ZERO,
    Clock,
    ClockWaiver,
    Firing,
    Input,
    Timetables,
    fixed_warnings,
    warning_thresholds,
)
from sla.clocks.domain.timeline import Segment, Timeline
from sla.clocks.domain.transitions import WAITING_AFTER, effect_of, take_back_resolution


def start(metric: Metric, opening: Input, tables: Timetables, contract: Contract = "sla") -> Clock:
    """Return the clock after its first input, whose terms must be given."""
    assert opening.terms is not None
    is_open = metric != "next_reply"  # it starts with the customer's next message
    at = opening.at
    clock = Clock(metric, opening.terms, at, at, is_open, contract, waiting=opening.waiting)
    return _with_deadline(clock, tables)


def fold(
    metric: Metric, inputs: Iterable[Input], tables: Timetables, contract: Contract = "sla"
) -> Clock:
    """Return the clock after all of its inputs, in ordinal order; the first is `opened`."""
    remaining = iter(inputs)
    clock = start(metric, next(remaining), tables, contract)
    for input in remaining:
        clock = step(clock, input, tables)
    return clock


def step(clock: Clock, input: Input, tables: Timetables) -> Clock:
    """Return the clock after one more input.

    An input that is older than the current segment counts from the start of that segment: the order
    of a ticket's events is reliable, their times may differ a little.
    """
    if clock.cancelled is not None:
        return clock
    if input.firing is not None:
        return _with_firing(clock, input.firing)
    if input.waiver is not None:
        return replace(clock, waivers=_with_waiver(clock.waivers, input.waiver))
    if input.kind == "opened_earlier":
        return _with_earlier_opening(clock, input, tables)
    effect = effect_of(clock, input)
    waiting = WAITING_AFTER.get(input.kind, clock.waiting)
    terms = input.terms or clock.terms
    is_unchanged = not clock.open or (waiting and terms.pausable) == clock.is_paused
    if effect is None and is_unchanged and terms == clock.terms:
        return clock if waiting == clock.waiting else replace(clock, waiting=waiting)
    at = max(input.at, clock.since)
    resumed = _as_if_never_stopped(clock) if effect is take_back_resolution else clock
    updated = _close_segment(resumed, at, tables, waiting=waiting, terms=terms, moved_by=input.kind)
    if effect is not None:
        updated = effect(updated, input)
    return _with_breach_rechecked(_with_deadline(updated, tables))


def _as_if_never_stopped(clock: Clock) -> Clock:
    """The clock whose present stop counts: our own side resolved, and our own side reopened (C2)."""
    return replace(clock, open=True, stopped_at=None)


def _with_earlier_opening(clock: Clock, input: Input, tables: Timetables) -> Clock:
    """Return the clock as if opened at `input.since`: a ticket opened then was merged into its (C10).

    Cycles begin with a message, not with the opening: they stay as they are.
    """
    since = input.since
    if since is None or since >= clock.opened_at or clock.metric in ("next_reply", "update"):
        return clock
    at = max(input.at, clock.since)
    updated = _close_segment(clock, at, tables, moved_by=input.kind)
    calendar = updated.stretches[0].calendar if len(updated.stretches) else updated.terms.calendar
    working_time = tables[calendar].between(since, updated.opened_at)
    first = Segment(since, updated.opened_at, "running", calendar, working_time)
    updated = replace(
        updated,
        opened_at=since,
        counted=updated.counted + working_time,
        stretches=Timeline([first, *updated.stretches]),
    )
    return _with_breach_rechecked(_with_deadline(updated, tables))


def instant_when_counted(clock: Clock, amount: timedelta, tables: Timetables) -> datetime | None:
    """Return the earliest instant at which the counted time of this cycle is `amount` (C4).

    None while paused before it. For a stopped clock: as if it ran on from the stop.
    """
    if clock.counted < amount:
        if clock.open and clock.is_paused:
            return None
        since = clock.stopped_at or clock.since
        return tables[clock.terms.calendar].after(since, amount - clock.counted)
    remaining = amount
    for segment in clock.stretches[clock.cycle :]:
        if segment.kind == "running" and remaining <= segment.working_time:
            return tables[segment.calendar].after(segment.start, remaining)
        remaining -= segment.working_time if segment.kind == "running" else ZERO
    return clock.since


def _with_waiver(waivers: tuple[ClockWaiver, ...], waiver: ClockWaiver) -> tuple[ClockWaiver, ...]:
    return (*(one for one in waivers if one.waiver_id != waiver.waiver_id), waiver)


def _with_firing(clock: Clock, firing: Firing) -> Clock:
    fired = (*clock.fired, firing.kind)
    if firing.kind != BREACH:
        return replace(clock, fired=fired)
    return replace(clock, fired=fired, cycle_breached_at=firing.due_at, breach_reason=firing.reason)


def _close_segment(clock: Clock, at: datetime, tables: Timetables, **changes: Any) -> Clock:
    """Return the clock with these changes, its current segment closed at `at`."""
    if at == clock.since:
        return replace(clock, **changes)
    kind, calendar = clock.segment_kind, clock.terms.calendar
    working_time = ZERO if kind == "stopped" else tables[calendar].between(clock.since, at)
    return replace(
        clock,
        since=at,
        counted=clock.counted + working_time if kind == "running" else clock.counted,
        paused=clock.paused + working_time if kind == "waiting_on_customer" else clock.paused,
        stretches=clock.stretches.with_segment(
            Segment(clock.since, at, kind, calendar, working_time)
        ),
        **changes,
    )


def _with_deadline(clock: Clock, tables: Timetables) -> Clock:
    """Return the clock with its deadline; if that changed, warnings still ahead fire again (C7)."""
    target = clock.terms.target
    has_no_deadline = target is None or clock.not_started or clock.cancelled is not None
    deadline = (
        None if has_no_deadline or target is None else instant_when_counted(clock, target, tables)
    )
    if deadline == clock.deadline:
        return clock
    fired = clock.fired and _still_fired(clock, deadline)
    return replace(clock, deadline=deadline, generation=clock.generation + 1, fired=fired)


def _still_fired(clock: Clock, deadline: datetime | None) -> tuple[str, ...]:
    still_ahead = {
        kind for kind, amount in warning_thresholds(clock.terms) if amount > clock.counted
    }
    if deadline is not None:
        still_ahead |= {
            kind for kind, due in fixed_warnings(clock.terms, deadline) if due > clock.since
        }
    return tuple(kind for kind in clock.fired if kind not in still_ahead)


def _with_breach_rechecked(clock: Clock) -> Clock:
    """Return the clock without a breach that late inputs or a new deadline refute (C6)."""
    if clock.cycle_breached_at is None or _breach_still_holds(clock, clock.cycle_breached_at):
        return clock
    fired = tuple(kind for kind in clock.fired if kind != BREACH)
    return replace(clock, cycle_breached_at=None, breach_reason=None, fired=fired)


def _breach_still_holds(clock: Clock, breached_at: datetime) -> bool:
    if clock.cancelled is not None:
        return True
    if clock.deadline is None:
        return False
    if clock.open and not clock.is_paused and clock.deadline <= breached_at:
        return True
    return clock.deadline < (clock.stopped_at or clock.since)
