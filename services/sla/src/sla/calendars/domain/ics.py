"""Reads iCalendar feeds (RFC 5545) into what a calendar can be fed with. Pure.

Times of the calendar's own zone, and floating ones, are taken from the wall as they are written;
those of other zones are converted by the zone that is stored with the calendar.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty

from sla.calendars.domain.calendar import Span
from sla.calendars.domain.feed import BadFeed, Feed
from sla.calendars.domain.recurrence import Budget, occurrences
from sla.calendars.domain.zone import EPOCH, Zone

MOST_EVENTS = 5_000
MOST_OCCURRENCES = 20_000
LONGEST = timedelta(days=366)
LONGEST_NAME = 100
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
_WALL = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall has no offset

Start = date | datetime
Replaced = Collection[tuple[str, Start]]
"""Single occurrences, by UID and start, in whose place another event stands."""


def read(text: bytes, zone: Zone, years: range) -> Feed:
    """The events that lie in these years. Raises BadFeed."""
    holidays: dict[date, str] = {}
    timed: list[Span] = []
    for name, start, length in _happenings(_events(text), zone, years):
        if isinstance(start, datetime):
            timed += _on_the_wall(start, length, zone)
        else:
            holidays |= {start + DAY * n: name for n in range(max(length.days, 1))}
    return Feed({day: name for day, name in holidays.items() if day.year in years}, timed)


def _events(text: bytes) -> list[Event]:
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        found = [event for calendar in calendars for event in _walked(calendar)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as wrong:
        raise BadFeed(f"it is no iCalendar feed: {str(wrong)[:200]}") from None
    if not calendars:
        raise BadFeed("it is no iCalendar feed: there is no VCALENDAR in it")
    if len(found) > MOST_EVENTS:
        raise BadFeed(f"it has more than {MOST_EVENTS} events; import fewer")
    return found


def _walked(calendar: Any) -> Iterator[Event]:
    if calendar.name != "VCALENDAR":
        raise ValueError(f"a {calendar.name} stands where a VCALENDAR must")
    return (one for one in calendar.walk("VEVENT") if not _cancelled(one))


def _cancelled(event: Event) -> bool:
    # One that stands in the place of another still takes it away.
    return str(event.get("STATUS", "")).upper() == "CANCELLED" and "RECURRENCE-ID" not in event


def _happenings(
    events: list[Event], zone: Zone, years: range
) -> Iterator[tuple[str, Start, timedelta]]:
    """Name, start and length of everything that happens in these years."""
    budget, left = Budget(), MOST_OCCURRENCES
    replaced: set[tuple[str, Start]] = set()
    # Those that stand in the place of others first, so that the others know.
    for event in sorted(events, key=lambda one: "RECURRENCE-ID" not in one):
        try:
            if (single := _told(event, "RECURRENCE-ID")) is not None:
                replaced.add((str(event.get("UID")), single.dt))
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            for start, length in _happens(event, zone, years, replaced, budget):
                left -= 1
                if left < 0:
                    raise BadFeed(f"more than {MOST_OCCURRENCES} occurrences; import fewer")
                yield _name(event), start, length
        except (BadFeed, BrokenCalendarProperty, ArithmeticError, ValueError, TypeError) as wrong:
            raise BadFeed(f"event {_name(event)!r}: {str(wrong)[:200]}") from None


def _happens(
    event: Event, zone: Zone, years: range, replaced: Replaced, budget: Budget
) -> Iterator[tuple[Start, timedelta]]:
    first = _start(event)
    length = _length(event, first)
    uid, single = str(event.get("UID")), "RECURRENCE-ID" in event
    left_out = set(_dates(event, "EXDATE"))
    seen: set[Start] = set()
    for start in _starts(event, first, zone, years, budget):
        gone = start in left_out or start in seen or (not single and (uid, start) in replaced)
        if not gone and _within(start, length, years):
            seen.add(start)
            yield start, length


def _told(event: Event, name: str) -> Any:
    """A property as icalendar made it; None where there is none."""
    return event.get(name)


def _start(event: Event) -> Start:
    told = _told(event, "DTSTART")
    if told is None:
        raise BadFeed("it has no DTSTART")
    first = told.dt
    if not isinstance(first, date):
        raise BadFeed("its DTSTART is neither a date nor an instant")
    if isinstance(first, datetime) and first.tzinfo is None and "TZID" in told.params:
        raise BadFeed(f"its zone {told.params['TZID']!r} is not known")
    return first


def _length(event: Event, first: Start) -> timedelta:
    length = DAY if not isinstance(first, datetime) else timedelta(0)
    if (lasts := _told(event, "DURATION")) is not None:
        length = lasts.dt
    elif (ends := _told(event, "DTEND")) is not None:
        last = ends.dt
        if isinstance(last, datetime) != isinstance(first, datetime):
            raise BadFeed("its DTEND is of another kind than its DTSTART")
        length = last - first
    if not timedelta(0) <= length <= LONGEST:
        raise BadFeed("it ends before it begins, or more than a year later")
    return length


def _starts(
    event: Event, first: Start, zone: Zone, years: range, budget: Budget
) -> Iterator[Start]:
    yield first
    yield from _dates(event, "RDATE")
    for rule in _lines(event, "RRULE"):
        wall = _naive(first, None)
        until = datetime(years.stop, 1, 1) + DAY  # noqa: DTZ001 - on the wall
        told = {name.upper(): values for name, values in rule.items()}
        own = first.tzinfo if isinstance(first, datetime) else None
        if told.get("UNTIL"):
            told["UNTIL"] = [_naive(told["UNTIL"][0], own or ZoneInfo(zone.name), time.max)]
        for start in occurrences(told, wall, until, budget):
            yield start.replace(tzinfo=own) if isinstance(first, datetime) else start.date()


def _dates(event: Event, name: str) -> Iterator[Start]:
    """The values of EXDATE or RDATE."""
    for one in _lines(event, name):
        for value in one.dts:
            yield value.dt[0] if isinstance(value.dt, tuple) else value.dt


def _lines(event: Event, name: str) -> list[Any]:
    """A property that may stand on several lines."""
    told = _told(event, name)
    return [] if told is None else told if isinstance(told, list) else [told]


def _naive(told: Start, zone: tzinfo | None, at: time = time.min) -> datetime:
    if not isinstance(told, datetime):
        return datetime.combine(told, at)
    return (told.astimezone(zone) if told.tzinfo and zone else told).replace(tzinfo=None)


def _within(start: Start, length: timedelta, years: range) -> bool:
    wall = _naive(start, None)
    return wall.year <= years[-1] and (wall + length).year >= years[0]


def _on_the_wall(start: datetime, length: timedelta, zone: Zone) -> Iterator[Span]:
    """The span as the calendar's zone shows it."""
    end = start.replace(tzinfo=None) + length
    if start.tzinfo is None or getattr(start.tzinfo, "key", None) == zone.name:
        begins = (start.replace(tzinfo=None) - _WALL) // SECOND
        if length:
            yield begins, begins + length // SECOND
        return
    since = (start - EPOCH) // SECOND
    until = (end.replace(tzinfo=start.tzinfo) - EPOCH) // SECOND
    yield from zone.on_the_wall(since, until)


def _name(event: Event) -> str:
    printed = "".join(sign for sign in str(event.get("SUMMARY", "")) if sign.isprintable())
    return printed.strip()[:LONGEST_NAME] or "closed"
