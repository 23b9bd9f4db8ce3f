"""Whether a calendar goes on opening for ever (A4). Pure.

A clock may be asked about any instant, so a calendar whose openings end would fail in a timer years
after it was written. What is stored must therefore open again within five years of every instant.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise

from sla.calendars.domain.calendar import DAY, Calendar, local_openings
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable

PATIENCE = 1827
"""Days: five years."""
WEEK = timedelta(days=7)
LONGEST = timedelta(days=3660)
"""Ten years: no promise takes longer."""
_EPOCH = date(1970, 1, 1)


def shut_from(calendar: Calendar) -> date | None:
    """The date from which the calendar stays shut for more than five years; None: it never does.

    Only exceptions can shut a calendar that has weekly hours, and only where there is one in each
    of so many weeks.
    """
    exceptions = {*calendar.holidays, *calendar.overrides, *calendar.breaks}
    if not any(calendar.weekly):
        opened = [day for day, hours in calendar.overrides.items() if hours]
        return max(opened, default=_EPOCH)
    if len(exceptions) < PATIENCE // 7:
        return None
    first, last = min(exceptions) - 2 * WEEK, max(exceptions) + 2 * WEEK
    for (_, closes), (opens, _) in pairwise(local_openings(calendar, first, last)):
        if opens - closes > PATIENCE * DAY:
            return _EPOCH + timedelta(days=closes // DAY)
    return None


def reaches(table: Timetable, start: datetime, amount: timedelta) -> bool:
    """Whether so much is open within ten years of `start`."""
    try:
        return table.after(start, amount) - start <= LONGEST
    except (NeverOpens, OutOfRange):
        return False
