"""Why each interval of a clock counted or did not, adding up to the second (C9). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sla.calendars.timetable import Timetable
from sla.clocks.clock import ZERO, Clock, Timetables
from sla.clocks.past import Stretch
from sla.clocks.standing import stretches

Reason = Literal["counted", "closed_hours", "holiday", "waiting_on_customer", "stopped"]
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


def explained(clock: Clock, as_of: datetime, tables: Timetables) -> list[Interval]:
    """All the time from the opening to `as_of`, in order and without gaps."""
    return [
        interval
        for stretch in stretches(clock, as_of, tables)
        for interval in _split(stretch, tables)
    ]


def _split(stretch: Stretch, tables: Timetables) -> Iterator[Interval]:
    if stretch.why != "running":
        yield Interval(stretch.start, stretch.end, stretch.why, ZERO)
    elif stretch.end - stretch.start > LONGEST:
        yield Interval(stretch.start, stretch.end, "counted", stretch.worked)
    else:
        yield from _by_hours(stretch.start, stretch.end, tables[stretch.calendar])


def _by_hours(start: datetime, end: datetime, table: Timetable) -> Iterator[Interval]:
    at = start
    for opens, closes in table.openings(start, end):
        if at < opens:
            yield _closed(at, opens, table)
        yield Interval(opens, closes, "counted", closes - opens)
        at = closes
    if at < end:
        yield _closed(at, end, table)


def _closed(start: datetime, end: datetime, table: Timetable) -> Interval:
    calendar = table.calendar
    first, last = (_wall(table, at).date() for at in (start, end - timedelta(microseconds=1)))
    names = [name for day, name in sorted(calendar.holidays.items()) if first <= day <= last]
    return Interval(
        start, end, "holiday" if names else "closed_hours", ZERO, ", ".join(names) or None
    )


def _wall(table: Timetable, at: datetime) -> datetime:
    """What the calendar's clock on the wall shows."""
    offset = table.calendar.zone.offset(int(at.timestamp()))
    return at.astimezone(UTC) + timedelta(seconds=offset)
