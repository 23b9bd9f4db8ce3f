"""Exports a year of opening hours as iCalendar (RFC 5545), for other calendars to subscribe to. Pure.

A weekly interval is one recurring event in the calendar's zone, without the dates on which it does
not apply unchanged (holidays, overrides, breaks, changes of the zone's offset). Openings on those
dates are single events in UTC. Holidays are all-day events with their names.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from common.domain.durations import SECOND
from sla.calendars.domain.calendar import (
    DAY,
    Calendar,
    Span,
    closed_spans,
    merge_spans,
    subtract_spans,
)
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import EPOCH

ONE_DAY = timedelta(days=1)
EPOCH_DATE = date(1970, 1, 1)


def export_year(calendar: Calendar, name: str, year: int, created_at: datetime) -> bytes:
    """The iCalendar file of a year. Raises OutOfRange for a year that calendars do not cover.

    `name` is the calendar's key. The same arguments give the same bytes.
    """
    feed = icalendar.Calendar()
    feed.add("PRODID", "-//OpsDesk//opening hours//EN")
    feed.add("VERSION", "2.0")
    feed.add("X-WR-CALNAME", name)
    feed.add("X-WR-TIMEZONE", calendar.zone.name)
    closures = merge_spans(sorted(one for one in closed_spans(calendar) if _is_near(one, year)))
    covered: list[Span] = []
    for weekday, hours in enumerate(calendar.weekly):
        for span in hours:
            regular_dates = dict(_regular_occurrences(calendar, closures, weekday, span, year))
            covered += regular_dates.values()
            if regular_dates:
                feed.add_component(_weekly_event(calendar, span, list(regular_dates)))
    for begin, end in subtract_spans(_year_openings(calendar, year), merge_spans(sorted(covered))):
        feed.add_component(_single_event(begin, end))
    for day, holiday in sorted(calendar.holidays.items()):
        if day.year == year:
            feed.add_component(_holiday_event(day, holiday))
    for number, event in enumerate(feed.walk("VEVENT")):
        event.add("UID", f"{name}-{year}-{number}@opsdesk")
        event.add("DTSTAMP", created_at.astimezone(UTC))
        event.add("TRANSP", "TRANSPARENT")
    feed.add_missing_timezones(date(year - 1, 1, 1), date(year + 1, 12, 31))
    return bytes(feed.to_ical())


def _is_near(span: Span, year: int) -> bool:
    first, last = ((date(y, 1, 1) - EPOCH_DATE).days * DAY for y in (year, year + 1))
    return span[0] < last + DAY and first - DAY < span[1]


def _year_openings(calendar: Calendar, year: int) -> list[Span]:
    """The openings of the year in epoch seconds. A year begins at its first local midnight."""
    first, last = (_first_instant(calendar, date(y, 1, 1)) for y in (year, year + 1))
    openings = Timetable(calendar).openings(first, last)
    return [((opens - EPOCH) // SECOND, (closes - EPOCH) // SECOND) for opens, closes in openings]


def _first_instant(calendar: Calendar, day: date) -> datetime:
    """The first instant at which the wall shows the midnight of `day`, or skips it."""
    wall = (day - EPOCH_DATE).days * DAY
    begins = (
        max(since, wall - offset)
        for since, until, offset in calendar.zone.offset_periods()
        if wall - offset < until
    )
    return EPOCH + timedelta(seconds=min(begins))


def _regular_occurrences(
    calendar: Calendar, closures: list[Span], weekday: int, span: Span, year: int
) -> Iterator[tuple[date, Span]]:
    """The dates of the year on which a weekly interval applies unchanged, with its epoch seconds."""
    last = (date(year + 1, 1, 1) - EPOCH_DATE).days * DAY
    day = date(year, 1, 1) + timedelta(days=(weekday - date(year, 1, 1).weekday()) % 7)
    while day.year == year:
        midnight = (day - EPOCH_DATE).days * DAY
        wall = midnight + span[0], midnight + span[1]
        instants = _instants(calendar, wall)
        is_uninterrupted = list(subtract_spans([wall], closures)) == [wall]
        if is_uninterrupted and instants and day not in calendar.overrides and wall[1] <= last:
            yield day, instants
        day += timedelta(days=7)


def _instants(calendar: Calendar, wall: Span) -> Span | None:
    """A span on the wall in epoch seconds; None where the offset changes within a day of it."""
    for since, until, offset in calendar.zone.offset_periods():
        begin, end = wall[0] - offset, wall[1] - offset
        if since + DAY <= begin and end <= until - DAY:
            return begin, end
    return None


def _weekly_event(calendar: Calendar, span: Span, dates: list[date]) -> icalendar.Event:
    zone = ZoneInfo(calendar.zone.name)

    def wall_time(day: date, second: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - on the wall
        return (midnight + second * SECOND).replace(tzinfo=zone)

    event = icalendar.Event()
    event.add("SUMMARY", "Open")
    event.add("DTSTART", wall_time(dates[0], span[0]))
    event.add("DTEND", wall_time(dates[0], span[1]))
    until = wall_time(dates[-1], span[0]).astimezone(UTC)
    event.add("RRULE", {"FREQ": "WEEKLY", "UNTIL": until})
    weeks = range((dates[-1] - dates[0]).days // 7 + 1)
    all_dates = [dates[0] + timedelta(days=7 * week) for week in weeks]
    if missing := sorted(set(all_dates) - set(dates)):
        event.add("EXDATE", [wall_time(day, span[0]) for day in missing])
    return event


def _single_event(begin: int, end: int) -> icalendar.Event:
    event = icalendar.Event()
    event.add("SUMMARY", "Open")
    event.add("DTSTART", EPOCH + begin * SECOND)
    event.add("DTEND", EPOCH + end * SECOND)
    return event


def _holiday_event(day: date, name: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("SUMMARY", name)
    event.add("DTSTART", day)
    event.add("DTEND", day + ONE_DAY)
    return event
