"""What a computation for a caller may reach, and what it costs, known before it is done. Pure.

Prices are milliseconds of computing on a machine of 2025: estimates, that decide where the work is
done and how much of the caller's limit it takes.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.zone import FIRST_YEAR, LAST_YEAR

REACH_YEARS: Final = 10
"""How many years before and after the present moment may be asked about."""
OUT_OF_REACH: Final = f"give instants of the {REACH_YEARS} years before and after today"
MARGIN_YEARS: Final = 6
"""Years beyond that, for answers, and to see whether a calendar opens again within five years (A4)."""
MAX_WRITTEN_INTERVALS: Final = 2_000
"""The most overrides, breaks and holidays of a calendar that is written out in a question."""
INLINE_MS: Final = 40
"""Work up to this price is done at once; what costs more is done in a process of its own."""

_WEEK_SECONDS: Final = 7 * 86_400
_MANY_WEEKS: Final = 5_000
_MICROS_PER_DAY: Final = 3
_MICROS_PER_INTERVAL: Final = 4
_MICROS_PER_WRITTEN: Final = 8
_MICROS_PER_QUESTION: Final = 10


class Reach(NamedTuple):
    """The instants `[first, last]` that may be asked about, and the years with which is computed."""

    first: datetime
    last: datetime
    years: tuple[int, int]

    def includes(self, *instants: datetime) -> bool:
        """Whether all of these may be asked about."""
        return all(self.first <= at <= self.last for at in instants)


def reach_around(at: datetime) -> Reach:
    """Ten years before and after `at`."""
    length = timedelta(days=366 * REACH_YEARS)
    beyond = REACH_YEARS + MARGIN_YEARS
    years = max(at.year - beyond, FIRST_YEAR), min(at.year + beyond, LAST_YEAR)
    return Reach(at - length, at + length, years)


def count_written(calendar: Calendar) -> int:
    """The intervals of single dates that a calendar has: overrides, breaks and holidays."""
    by_date = (*calendar.overrides.values(), *calendar.breaks.values())
    return len(calendar.holidays) + sum(max(len(hours), 1) for hours in by_date)


def furthest(calendar: Calendar, start: datetime, seconds: int, reach: Reach) -> datetime:
    """About where `seconds` of open time after `start` end, within the years that are computed."""
    open_seconds = sum(end - begin for hours in calendar.weekly for begin, end in hours)
    span = timedelta(days=366 * (REACH_YEARS + MARGIN_YEARS))
    if open_seconds:
        weeks = abs(seconds) / min(open_seconds, _WEEK_SECONDS) + 1
        span = min(span, timedelta(weeks=min(weeks, _MANY_WEEKS)))
    end = start + span if seconds >= 0 else start - span
    return min(max(end, reach.first), reach.last)


def table_micros(calendar: Calendar, *instants: datetime) -> int:
    """The price of the opening intervals between the first and the last of these instants."""
    years = [at.year for at in instants]
    days = 366 * (max(years) - min(years) + 3)
    a_day = _MICROS_PER_DAY + _MICROS_PER_INTERVAL * max(map(len, calendar.weekly))
    return days * a_day + count_written(calendar) * _MICROS_PER_WRITTEN


def questions_ms(calendar: Calendar, number: int, *instants: datetime) -> int:
    """The price of so many questions about the time between the first and last of these instants."""
    return (table_micros(calendar, *instants) + number * _MICROS_PER_QUESTION) // 1000
