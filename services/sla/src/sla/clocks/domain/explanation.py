"""Why each interval of a clock counted or did not, exact to the second (C9). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sla.agreements.domain.clauses import Window
from sla.calendars.domain.timetable import Timetable
from sla.clocks.domain.clock import ZERO, Clock, Timetables
from sla.clocks.domain.snapshot import segments
from sla.clocks.domain.timeline import Segment

Reason = Literal[
    "counted", "closed_hours", "holiday", "break", "maintenance", "waiting_on_customer", "stopped"
]
MAX_SPLIT_DURATION = timedelta(days=400)
"""A longer segment is one interval, not split into nights and weekends."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval and how much of it counted: all, nothing, or a part if it is too long to split.

    `name`: the holidays in it.
    """

    start: datetime
    end: datetime
    reason: Reason
    counted: timedelta
    name: str | None = None


def explain_intervals(
    clock: Clock, as_of: datetime, tables: Timetables, maintenance: Sequence[Window] = ()
) -> list[Interval]:
    """Return the intervals from the opening to `as_of`, in order and without gaps.

    `maintenance` are the agreed windows: closed hours within one have the reason `maintenance`.
    """
    return [
        interval
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
                yield _closed_interval(at, opens, table, maintenance)
            yield Interval(opens, closes, "counted", closes - opens)
            at = closes
        if at < segment.end:
            yield _closed_interval(at, segment.end, table, maintenance)


def _closed_interval(
    start: datetime, end: datetime, table: Timetable, maintenance: Sequence[Window]
) -> Interval:
    calendar = table.calendar
    first, last = (_wall_clock(table, at).date() for at in (start, end - timedelta(microseconds=1)))
    names = [name for day, name in sorted(calendar.holidays.items()) if first <= day <= last]
    if names:
        return Interval(start, end, "holiday", ZERO, ", ".join(names))
    if any(begins <= start and end <= ends for begins, ends in maintenance):
        return Interval(start, end, "maintenance", ZERO)
    is_break = first == last and first in calendar.breaks and _is_break(start, end, table)
    return Interval(start, end, "break" if is_break else "closed_hours", ZERO)


def _is_break(start: datetime, end: datetime, table: Timetable) -> bool:
    """Return whether these closed hours are a break of a date with opening hours."""
    wall = _wall_clock(table, start)
    at = wall.hour * 3600 + wall.minute * 60 + wall.second
    return any(begins <= at < ends for begins, ends in table.calendar.breaks[wall.date()])


def _wall_clock(table: Timetable, at: datetime) -> datetime:
    """Return the local time in the calendar's zone, as UTC."""
    offset = table.calendar.zone.offset_at(int(at.timestamp()))
    return at.astimezone(UTC) + timedelta(seconds=offset)
