"""The slow truth about calendars: every minute is looked up on the wall, one after the other."""

from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from sla.calendars.domain.calendar import DAY, Calendar, Span

MINUTE = timedelta(minutes=1)


@cache
def zone_info(name: str) -> ZoneInfo:
    """The zone as Python reads it; of the installed release, not of whatever the machine has."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """A1 and A2 word for word; extensions open whatever else is said."""
    if any(start <= at.timestamp() < end for start, end in calendar.extensions):
        return True
    wall = at.astimezone(zone_info(calendar.zone.name))
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    second = wall.hour * 3600 + wall.minute * 60 + wall.second

    def within(spans: tuple[Span, ...], second: int) -> bool:
        return any(start <= second < end for start, end in spans)

    def promised(day: date) -> tuple[Span, ...]:
        return calendar.overrides.get(day, calendar.weekly[day.weekday()])

    if today in calendar.holidays:
        return False
    for day, at_second in ((today, second), (yesterday, second + DAY)):
        if within(calendar.breaks.get(day, ()), at_second):
            return False
    return within(promised(today), second) or within(promised(yesterday), second + DAY)


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Open minutes of `[start, end)`; both on whole minutes."""
    counted, at = timedelta(0), start
    while at < end:
        counted += MINUTE if is_open(calendar, at) else timedelta(0)
        at += MINUTE
    return counted


def after(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """The earliest instant (for a negative amount: the latest) at which `amount` is reached."""
    counted, at = timedelta(0), start
    if amount >= timedelta(0):
        while counted < amount:
            counted += MINUTE if is_open(calendar, at) else timedelta(0)
            at += MINUTE
    else:
        while counted < -amount:
            at -= MINUTE
            counted += MINUTE if is_open(calendar, at) else timedelta(0)
    return at
