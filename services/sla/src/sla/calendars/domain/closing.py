"""Checks that the openings of a calendar never end (A4). Pure.

A clock may be asked about any instant, so a calendar whose openings end would fail in a timer years
after it was created. A stored calendar therefore opens within five years of every instant.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise

from sla.calendars.domain.calendar import DAY, Calendar, local_openings
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable

MAX_CLOSED_DAYS = 1827
"""Five years: the most days for which a calendar may stay closed."""
WEEK = timedelta(days=7)
MAX_PROMISE_SPAN = timedelta(days=3660)
"""Ten years: the most elapsed time until a target is reached."""
_EPOCH = date(1970, 1, 1)


def closed_from(calendar: Calendar) -> date | None:
    """The date from which the calendar stays closed for more than five years; None if it never does.

    Only exceptions close a calendar that has weekly hours, and it takes one in each of these weeks.
    """
    exceptions = {*calendar.holidays, *calendar.overrides, *calendar.breaks}
    if not any(calendar.weekly):
        open_days = [day for day, hours in calendar.overrides.items() if hours]
        return max(open_days, default=_EPOCH)
    if len(exceptions) < MAX_CLOSED_DAYS // 7:
        return None
    first, last = min(exceptions) - 2 * WEEK, max(exceptions) + 2 * WEEK
    for (_, closes), (opens, _) in pairwise(local_openings(calendar, first, last)):
        if opens - closes > MAX_CLOSED_DAYS * DAY:
            return _EPOCH + timedelta(days=closes // DAY)
    return None


def is_reachable(table: Timetable, start: datetime, amount: timedelta) -> bool:
    """Whether `amount` of open time passes within ten years of `start`."""
    try:
        return table.after(start, amount) - start <= MAX_PROMISE_SPAN
    except (NeverOpens, OutOfRange):
        return False
