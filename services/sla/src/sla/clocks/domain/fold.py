"""How a clock changes with each of its inputs (C2-C7). Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.breaches import with_breach_at_withdrawal, with_breach_rechecked
from sla.clocks.domain.clock import (
    BREACH,
    ZERO,
    Clock,
    ClockWaiver,
    Firing,
    Input,
    InputKind,
    Timetables,
    fixed_warnings,
    warning_thresholds,
)
from sla.clocks.domain.timeline import Segment, SegmentKind, Timeline
from sla.clocks.domain.transitions import WAITING_AFTER, effect_of, take_back_resolution


def start(metric: Metric, opening: Input, tables: Timetables, contract: Contract = "sla") -> Clock:
    """Return the clock after its first input, whose terms must be given."""
    assert opening.terms is not None
    is_open = metric != "next_reply"  # it starts with the customer's next message
    at = opening.at
    clock = Clock(metric, opening.terms, at, at, is_open, contract, waiting=opening.waiting)
    return _with_deadline(clock, tables)


def fold(metric: Metric, inputs: Iterable[Input], tables: Timetables) -> Clock:
    """Return the clock of our own promise after all of its inputs, in ordinal order; the first is `opened`."""
    remaining = iter(inputs)
    clock = start(metric, next(remaining), tables)
    for input in remaining:
        clock = step(clock, input, tables)
    return clock


def step(clock: Clock, input: Input, tables: Timetables) -> Clock:
    """Return the clock after one more input.

    An input that is older than the current segment counts from the start of that segment: the order
    of a ticket's events is reliable, their times may differ a little.
    """
    if clock.cancelled is not None and input.kind != "unmerged":
        return clock
    if input.firing is not None:
        return _with_firing(clock, input.firing)
    if input.waiver is not None:
        return replace(clock, waivers=_with_waiver(clock.waivers, input.waiver))
    if recount := _RECOUNTS.get(input.kind):
        return recount(clock, input, tables)
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
    updated = with_breach_at_withdrawal(updated, clock.terms.target)
    return with_breach_rechecked(_with_deadline(updated, tables))


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
    return with_breach_rechecked(_with_deadline(updated, tables))


def _with_later_opening(clock: Clock, input: Input, tables: Timetables) -> Clock:
    """Return the clock as if opened at `input.since`: what was merged into its ticket is a request of its own.

    The reverse of an earlier opening: what counted before `since` counts no more (C10).
    """
    since = input.since
    if since is None or since <= clock.opened_at or clock.metric in ("next_reply", "update"):
        return clock
    updated = _close_segment(clock, max(input.at, clock.since), tables, moved_by=input.kind)
    segments = tuple(_cut(one, since, tables) for one in updated.stretches if one.end > since)
    updated = replace(
        updated,
        opened_at=since,
        counted=_sum_of("running", segments),
        paused=_sum_of("waiting_on_customer", segments),
        stretches=Timeline(segments),
    )
    return with_breach_rechecked(_with_deadline(updated, tables))


def _cut(segment: Segment, since: datetime, tables: Timetables) -> Segment:
    """Return what of the segment lies behind `since`."""
    if segment.start >= since:
        return segment
    has_time = segment.kind != "stopped"
    time = tables[segment.calendar].between(since, segment.end) if has_time else ZERO
    return Segment(since, segment.end, segment.kind, segment.calendar, time)


def _sum_of(kind: SegmentKind, segments: Iterable[Segment]) -> timedelta:
    return sum((one.working_time for one in segments if one.kind == kind), ZERO)


def _as_if_never_merged(clock: Clock, input: Input, tables: Timetables) -> Clock:
    """Return the clock of a ticket that was merged and is a request of its own after all (C10).

    Our own side merged and our own side separates: the time in between counts, as where our own side takes
    its resolution back (C2, R1). A clock that was cancelled for another reason stays cancelled.
    """
    before = clock.before_merge
    if before is None:
        return clock
    resumed = replace(
        clock,
        open=before.open,
        ended=before.ended,
        stopped_at=before.stopped_at,
        cancelled=None,
        before_merge=None,
    )
    at = max(input.at, clock.since)
    updated = _close_segment(resumed, at, tables, moved_by=input.kind)
    return with_breach_rechecked(_with_deadline(updated, tables))


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


_RECOUNTS: Final[Mapping[InputKind, Callable[[Clock, Input, Timetables], Clock]]] = {
    "opened_earlier": _with_earlier_opening,
    "opened_later": _with_later_opening,
    "unmerged": _as_if_never_merged,
}
"""Inputs that change what counted before them (C10)."""
