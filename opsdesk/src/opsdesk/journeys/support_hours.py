"""Acme's support hours, computed without sla's code, to compare sla's results with.

It is deliberately simple: day by day.
"""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPENS, CLOSES = time(8), time(17)
DAY = timedelta(days=1)
SATURDAY = 5


@cache
def dutch_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=[year, year + 1]))


def add_support_hours(start: datetime, amount: timedelta) -> datetime:
    """Return the instant after `amount` of time from Monday to Friday, 08:00 to 17:00."""
    at = start.astimezone(AMSTERDAM)
    closed = dutch_holidays(at.year)
    while True:
        if is_working_day(at.date(), closed):
            opens, closes = _at_hour(at.date(), OPENS), _at_hour(at.date(), CLOSES)
            begin = max(at, opens)
            if amount <= closes - begin:
                return begin + amount
            amount -= max(closes - begin, timedelta())
        at = _at_hour(at.date() + DAY, time())


def next_long_weekend(after: datetime) -> datetime:
    """Return 15:30 in Amsterdam on the next working day before a long weekend."""
    day = after.astimezone(AMSTERDAM).date() + DAY
    closed = dutch_holidays(day.year)
    while not (is_working_day(day, closed) and _next_working_day(day, closed) - day > 3 * DAY):
        day += DAY
    return _at_hour(day, time(15, 30))


def next_working_morning(after: datetime) -> datetime:
    """Return 10:00 in Amsterdam on the next working day."""
    day = after.astimezone(AMSTERDAM).date()
    return _at_hour(_next_working_day(day, dutch_holidays(day.year)), time(10))


def is_working_day(day: date, closed: Container[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed


def _next_working_day(day: date, closed: Container[date]) -> date:
    day += DAY
    while not is_working_day(day, closed):
        day += DAY
    return day


def _at_hour(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, AMSTERDAM)
