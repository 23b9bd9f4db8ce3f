"""Why each interval of a clock counted or did not, exact to the second (C9). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sla.agreements.domain.clauses import Window
from sla.calendars.domain.calendar import Calendar, open_spans
from sla.clocks.domain.clock import ZERO, Clock, Timetables
from sla.clocks.domain.snapshot import segments
from sla.clocks.domain.timeline import Segment

Reason = Literal[
    "counted", "closed_hours", "holiday", "break", "maintenance", "waiting_on_customer", "stopped"
]
MAX_SPLIT_DURATION = timedelta(days=400)
"""A longer segment is one interval, not split into nights and weekends."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval and how much of it counted: all, nothing, or a part if it is too long to split.

    `name`: the holiday in it. `calendar`: the calendar version by which it was counted.
    """

    start: datetime
    end: datetime
    reason: Reason
    counted: timedelta
    name: str | None = None
    calendar: UUID | None = None


def explain_intervals(
    clock: Clock, as_of: datetime, tables: Timetables, maintenance: Sequence[Window] = ()
) -> list[Interval]:
    """Return the intervals from the opening to `as_of`, in order and without gaps.

    A holiday is the time that would have been open without it: its night is closed like any other.
    `maintenance` are the agreed windows: closed hours within one have the reason `maintenance`.
    """
    return [
        replace(interval, calendar=segment.calendar)
        for segment in segments(clock, as_of, tables)
        for interval in _split(segment, tables, maintenance)
    ]


def _split(
    segment: Segment, tables: Timetables, maintenance: Sequence[Window]
) -> Iterator[Interval]:
    if segment.kind != "running":
        yield Interval(segment.start, segment.end, segment.kind, ZERO)
    elif segment.end - segment.start > MAX_SPLIT_DURATION:
        yield Interval(segment.start, segment.end, "counted", segment.working_time)
    else:
        at, table = segment.start, tables[segment.calendar]
        for opens, closes in table.openings(segment.start, segment.end):
            if at < opens:
                yield from _closed_intervals(at, opens, table.calendar, maintenance)
            yield Interval(opens, closes, "counted", closes - opens)
            at = closes
        if at < segment.end:
            yield from _closed_intervals(at, segment.end, table.calendar, maintenance)


def _closed_intervals(
    start: datetime, end: datetime, calendar: Calendar, maintenance: Sequence[Window]
) -> Iterator[Interval]:
    """Split a gap between openings: what a holiday or a break took away, and what is closed anyway."""
    at = start
    for opens, closes in _taken_away(start, end, calendar):
        if at < opens:
            yield _closed_hours(at, opens, maintenance)
        yield _holiday_or_break(opens, closes, calendar, maintenance)
        at = closes
    if at < end:
        yield _closed_hours(at, end, maintenance)


def _taken_away(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Window]:
    """What would be open within `[start, end)` without holidays and breaks, cut at local midnights."""
    first, last = (_wall_clock(calendar, at).date() for at in (start, end))
    regular = replace(calendar, holidays={}, breaks={})
    for opens, closes in open_spans(regular, first, last):
        at, until = max(_instant(opens), start), min(_instant(closes), end)
        while at < until:
            cut = min(_next_midnight(calendar, at), until)
            yield at, cut
            at = cut


def _holiday_or_break(
    start: datetime, end: datetime, calendar: Calendar, maintenance: Sequence[Window]
) -> Interval:
    name = calendar.holidays.get(_wall_clock(calendar, start).date())
    if name is not None:
        return Interval(start, end, "holiday", ZERO, name)
    is_maintained = _is_within(start, end, maintenance)
    return Interval(start, end, "maintenance" if is_maintained else "break", ZERO)


def _closed_hours(start: datetime, end: datetime, maintenance: Sequence[Window]) -> Interval:
    is_maintained = _is_within(start, end, maintenance)
    return Interval(start, end, "maintenance" if is_maintained else "closed_hours", ZERO)


def _is_within(start: datetime, end: datetime, windows: Sequence[Window]) -> bool:
    return any(begins <= start and end <= ends for begins, ends in windows)


def _wall_clock(calendar: Calendar, at: datetime) -> datetime:
    """Return the local time in the calendar's zone, as UTC."""
    offset = calendar.zone.offset_at(int(at.timestamp()))
    return at.astimezone(UTC) + timedelta(seconds=offset)


def _next_midnight(calendar: Calendar, at: datetime) -> datetime:
    """Return the first instant of the next local date: its 00:00, or what comes first after it."""
    day: date = _wall_clock(calendar, at).date()
    low, high = at, at + 2 * DAY
    while high - low > timedelta(seconds=1):  # dates never go back, so a bisection finds the change
        middle = low + (high - low) // 2
        low, high = (low, middle) if _wall_clock(calendar, middle).date() > day else (middle, high)
    return high.replace(microsecond=0)


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
