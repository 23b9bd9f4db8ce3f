"""Reads iCalendar feeds (RFC 5545) into a `Feed`. Pure.

Times in the calendar's own zone and floating ones are wall-clock times as they are written. Times in
other zones are converted by the zone that is stored with the calendar.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty

from common.domain.durations import SECOND
from sla.calendars.domain.calendar import Span
from sla.calendars.domain.feed import BadFeed, Feed
from sla.calendars.domain.ics_event import is_cancelled, is_override, name_of
from sla.calendars.domain.occurrences import Occurrence, Window, group_by_uid, occurrences
from sla.calendars.domain.recurrence import Budget
from sla.calendars.domain.vtimezone import isolated_zones
from sla.calendars.domain.zone import EPOCH, Zone

MAX_EVENTS = 5_000
MAX_OCCURRENCES = 20_000
DAY = timedelta(days=1)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall has no offset


def parse_feed(text: bytes, zone: Zone, years: range) -> Feed:
    """Read the events of these years. Raises BadFeed.

    `zone` is that of the calendar. The work is bounded, whatever the feed contains.
    """
    budget = Budget()
    holidays: dict[date, str] = {}
    timed: list[Span] = []
    for event, start, length in _within(years, _events(text, budget), zone, budget):
        if isinstance(start, datetime):
            timed += _wall_spans(start, length, zone)
        else:
            holidays |= {start + DAY * n: name_of(event) for n in range(length.days)}
    return Feed({day: name for day, name in holidays.items() if day.year in years}, timed)


def _events(text: bytes, budget: Budget) -> list[Event]:
    try:
        with isolated_zones(budget):
            calendars = Calendar.from_ical(text, multiple=True)
        found = [event for calendar in calendars for event in _live_events(calendar)]
    except BadFeed:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadFeed(f"it is not a valid iCalendar feed: {str(error)[:200]}") from None
    if not calendars:
        raise BadFeed("it is not a valid iCalendar feed: there is no VCALENDAR in it")
    if len(found) > MAX_EVENTS:
        raise BadFeed(f"it has more than {MAX_EVENTS} events; import fewer")
    return found


def _live_events(calendar: Any) -> Iterator[Event]:
    if calendar.name != "VCALENDAR":
        raise ValueError(f"a {calendar.name} stands where a VCALENDAR must")
    # A cancelled override still removes the occurrence that it replaces.
    return (one for one in calendar.walk("VEVENT") if is_override(one) or not is_cancelled(one))


def _within(years: range, events: list[Event], zone: Zone, budget: Budget) -> Iterator[Occurrence]:
    """The occurrences of all events in these years. Raises BadFeed."""
    first = datetime(years.start, 1, 1) - DAY  # noqa: DTZ001 - on the wall
    last = datetime(years.stop, 1, 1) + DAY  # noqa: DTZ001 - on the wall
    window, remaining = Window(first, last, ZoneInfo(zone.name), budget), MAX_OCCURRENCES
    for series in _group(events):
        try:
            for event, start, length in occurrences(series, window):
                if start.year > years[-1] or (start + length).year < years[0]:
                    continue
                remaining -= 1
                if remaining < 0:
                    raise BadFeed(f"more than {MAX_OCCURRENCES} occurrences; import fewer")
                yield event, start, length
        except (BadFeed, BrokenCalendarProperty, ArithmeticError, ValueError, TypeError) as error:
            raise BadFeed(f"event {name_of(series[0])!r}: {str(error)[:200]}") from None


def _group(events: list[Event]) -> list[list[Event]]:
    try:
        return group_by_uid(events)
    except (ValueError, TypeError) as error:
        raise BadFeed(f"the SEQUENCE of an event is not a number: {str(error)[:200]}") from None


def _wall_spans(start: datetime, length: timedelta, zone: Zone) -> Iterator[Span]:
    """The occurrence in wall-clock time of the calendar's zone: several spans where its offset changes."""
    end = start.replace(tzinfo=None) + length
    if start.tzinfo is None or getattr(start.tzinfo, "key", None) == zone.name:
        begins = (start.replace(tzinfo=None) - _WALL_EPOCH) // SECOND
        if length:
            yield begins, begins + length // SECOND
        return
    since = (start - EPOCH) // SECOND
    until = (end.replace(tzinfo=start.tzinfo) - EPOCH) // SECOND
    yield from zone.wall_spans(since, until)
