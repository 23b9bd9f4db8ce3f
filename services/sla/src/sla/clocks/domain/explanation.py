"""Why each interval of a clock counted or did not, adding up to the second (C9). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sla.agreements.domain.clauses import Window
from sla.calendars.domain.timetable import Timetable
from sla.clocks.domain.clock import ZERO, Clock, Timetables
from sla.clocks.domain.snapshot import stretches
from sla.clocks.domain.timeline import Stretch

Reason = Literal[
    "counted", "closed_hours", "holiday", "break", "maintenance", "waiting_on_customer", "stopped"
]
LONGEST = timedelta(days=400)
"""A stretch beyond this is told as one interval: nobody reads its nights one by one."""


@dataclass(frozen=True, slots=True)
class Interval:
    """`name`: the holidays in it. `counted` is all of it, or nothing; or, of one too long to be
    split, what counted in it."""

    start: datetime
    end: datetime
    why: Reason
    counted: timedelta
    name: str | None = None


def explained(
    clock: Clock, as_of: datetime, tables: Timetables, maintenance: Sequence[Window] = ()
) -> list[Interval]:
    """All the time from the opening to `as_of`, in order and without gaps.

    `maintenance` are the agreed windows: hours that a calendar takes out for one are told as that.
    """
    return [
        interval
        for stretch in stretches(clock, as_of, tables)
        for interval in _split(stretch, tables, maintenance)
    ]


def _split(
    stretch: Stretch, tables: Timetables, maintenance: Sequence[Window]
) -> Iterator[Interval]:
    if stretch.why != "running":
        yield Interval(stretch.start, stretch.end, stretch.why, ZERO)
    elif stretch.end - stretch.start > LONGEST:
        yield Interval(stretch.start, stretch.end, "counted", stretch.worked)
    else:
        at, table = stretch.start, tables[stretch.calendar]
        for opens, closes in table.openings(stretch.start, stretch.end):
            if at < opens:
                yield _closed(at, opens, table, maintenance)
            yield Interval(opens, closes, "counted", closes - opens)
            at = closes
        if at < stretch.end:
            yield _closed(at, stretch.end, table, maintenance)


def _closed(
    start: datetime, end: datetime, table: Timetable, maintenance: Sequence[Window]
) -> Interval:
    calendar = table.calendar
    first, last = (_wall(table, at).date() for at in (start, end - timedelta(microseconds=1)))
    names = [name for day, name in sorted(calendar.holidays.items()) if first <= day <= last]
    if names:
        return Interval(start, end, "holiday", ZERO, ", ".join(names))
    if any(begins <= start and end <= ends for begins, ends in maintenance):
        return Interval(start, end, "maintenance", ZERO)
    pause = first == last and first in calendar.breaks and _is_pause(start, end, table)
    return Interval(start, end, "break" if pause else "closed_hours", ZERO)


def _is_pause(start: datetime, end: datetime, table: Timetable) -> bool:
    """Whether the calendar takes these hours out of a date that is open else."""
    wall = _wall(table, start)
    at = wall.hour * 3600 + wall.minute * 60 + wall.second
    return any(begins <= at < ends for begins, ends in table.calendar.breaks[wall.date()])


def _wall(table: Timetable, at: datetime) -> datetime:
    """What the calendar's clock on the wall shows."""
    offset = table.calendar.zone.offset(int(at.timestamp()))
    return at.astimezone(UTC) + timedelta(seconds=offset)
