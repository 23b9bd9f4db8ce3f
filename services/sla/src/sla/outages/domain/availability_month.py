"""A calendar month on the wall clock of a zone, as instants (C12). Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sla.calendars.domain.calendar import DAY
from sla.calendars.domain.zone import EPOCH, FIRST_YEAR, LAST_YEAR, Zone

FIRST_MONTH, LAST_MONTH = date(FIRST_YEAR + 1, 1, 1), date(LAST_YEAR - 1, 12, 1)
"""Months of which availability can be asked: calendars know the years around them."""


class Month(NamedTuple):
    """`day` is its first date; `[start, end)` what it lasts in the zone."""

    first_day: date
    start: datetime
    end: datetime


def month_of(at: datetime, zone: Zone) -> Month:
    """The month in which `at` lies on the zone's wall clock."""
    local_time = at + timedelta(seconds=zone.offset_at(int((at - EPOCH).total_seconds())))
    return calendar_month(local_time.astimezone(UTC).date(), zone)


def calendar_month(day: date, zone: Zone) -> Month:
    """The month of that date, from where its first date begins to where the next month's does."""
    first = day.replace(day=1)
    return Month(first, start_of_day(first, zone), start_of_day(next_month(first), zone))


def next_month(first: date) -> date:
    """The first of the next month."""
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def start_of_day(day: date, zone: Zone) -> datetime:
    """The first instant at which the wall shows the date, so that days and months touch: a midnight
    that does not exist is the first instant after it, of one that comes twice it is the first."""
    midnight = (day - EPOCH.date()).days * DAY
    ends = (*zone.since[1:], midnight + 2 * DAY)
    seconds = next(
        max(midnight - offset, since)
        for since, until, offset in zip(zone.since, ends, zone.offsets, strict=True)
        if midnight < until + offset
    )
    return EPOCH + timedelta(seconds=seconds)
