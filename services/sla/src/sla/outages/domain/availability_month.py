"""A calendar month of a time zone, as instants (C12). Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sla.calendars.domain.calendar import DAY
from sla.calendars.domain.zone import EPOCH, FIRST_YEAR, LAST_YEAR, Zone

FIRST_MONTH, LAST_MONTH = date(FIRST_YEAR + 1, 1, 1), date(LAST_YEAR - 1, 12, 1)
"""The first and last month with availability: calendars need the years around them."""


class Month(NamedTuple):
    """A month by its first date; it lasts `[start, end)` in its time zone."""

    first_day: date
    start: datetime
    end: datetime


def month_of(at: datetime, zone: Zone) -> Month:
    """Return the month in which `at` lies in the zone."""
    local_time = at + timedelta(seconds=zone.offset_at(int((at - EPOCH).total_seconds())))
    return calendar_month(local_time.astimezone(UTC).date(), zone)


def calendar_month(day: date, zone: Zone) -> Month:
    """Return the month of a date in the zone."""
    first = day.replace(day=1)
    return Month(first, start_of_day(first, zone), start_of_day(next_month(first), zone))


def next_month(first: date) -> date:
    """Return the first date of the next month."""
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def start_of_day(day: date, zone: Zone) -> datetime:
    """Return the first instant of a date in the zone, so that days and months adjoin.

    Where midnight does not exist, the first instant after it; where it comes twice, the first one.
    """
    midnight = (day - EPOCH.date()).days * DAY
    ends = (*zone.since[1:], midnight + 2 * DAY)
    seconds = next(
        max(midnight - offset, since)
        for since, until, offset in zip(zone.since, ends, zone.offsets, strict=True)
        if midnight < until + offset
    )
    return EPOCH + timedelta(seconds=seconds)
