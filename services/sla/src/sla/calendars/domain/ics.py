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

MAX_EVENTS = 5_000
MAX_OCCURRENCES = 20_000
MAX_EVENT_DURATION = timedelta(days=366)
MAX_NAME_CHARS = 100
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall has no offset

Start = date | datetime
ReplacedOccurrences = Collection[tuple[str, Start]]
"""Single occurrences, by UID and start, in whose place another event stands."""


def parse_feed(text: bytes, zone: Zone, years: range) -> Feed:
    """The events that lie in these years. Raises BadFeed."""
    holidays: dict[date, str] = {}
    timed: list[Span] = []
    for name, start, length in _all_occurrences(_events(text), zone, years):
        if isinstance(start, datetime):
            timed += _wall_spans(start, length, zone)
        else:
            holidays |= {start + DAY * n: name for n in range(max(length.days, 1))}
    return Feed({day: name for day, name in holidays.items() if day.year in years}, timed)


def _events(text: bytes) -> list[Event]:
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in _walk_events(calendar)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadFeed(f"it is no iCalendar feed: {str(error)[:200]}") from None
    if not calendars:
        raise BadFeed("it is no iCalendar feed: there is no VCALENDAR in it")
    if len(events) > MAX_EVENTS:
        raise BadFeed(f"it has more than {MAX_EVENTS} events; import fewer")
    return events


def _walk_events(calendar: Any) -> Iterator[Event]:
    if calendar.name != "VCALENDAR":
        raise ValueError(f"a {calendar.name} stands where a VCALENDAR must")
    return (one for one in calendar.walk("VEVENT") if not _is_cancelled(one))


def _is_cancelled(event: Event) -> bool:
    # One that stands in the place of another still takes it away.
    return str(event.get("STATUS", "")).upper() == "CANCELLED" and "RECURRENCE-ID" not in event


def _all_occurrences(
    events: list[Event], zone: Zone, years: range
) -> Iterator[tuple[str, Start, timedelta]]:
    """Name, start and length of everything that happens in these years."""
    budget, remaining = Budget(), MAX_OCCURRENCES
    replaced: set[tuple[str, Start]] = set()
    # Those that stand in the place of others first, so that the others know.
    for event in sorted(events, key=lambda one: "RECURRENCE-ID" not in one):
        try:
            if (single := _property(event, "RECURRENCE-ID")) is not None:
                replaced.add((str(event.get("UID")), single.dt))
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            for start, length in _occurrences_of(event, zone, years, replaced, budget):
                remaining -= 1
                if remaining < 0:
                    raise BadFeed(f"more than {MAX_OCCURRENCES} occurrences; import fewer")
                yield _name(event), start, length
        except (BadFeed, BrokenCalendarProperty, ArithmeticError, ValueError, TypeError) as error:
            raise BadFeed(f"event {_name(event)!r}: {str(error)[:200]}") from None


def _occurrences_of(
    event: Event, zone: Zone, years: range, replaced: ReplacedOccurrences, budget: Budget
) -> Iterator[tuple[Start, timedelta]]:
    first = _start(event)
    length = _length(event, first)
    uid, single = str(event.get("UID")), "RECURRENCE-ID" in event
    excluded = set(_dates(event, "EXDATE"))
    seen: set[Start] = set()
    for start in _starts(event, first, zone, years, budget):
        is_excluded = (
            start in excluded or start in seen or (not single and (uid, start) in replaced)
        )
        if not is_excluded and _is_within(start, length, years):
            seen.add(start)
            yield start, length


def _property(event: Event, name: str) -> Any:
    """A property as icalendar made it; None where there is none."""
    return event.get(name)


def _start(event: Event) -> Start:
    prop = _property(event, "DTSTART")
    if prop is None:
        raise BadFeed("it has no DTSTART")
    first = prop.dt
    if not isinstance(first, date):
        raise BadFeed("its DTSTART is neither a date nor an instant")
    if isinstance(first, datetime) and first.tzinfo is None and "TZID" in prop.params:
        raise BadFeed(f"its zone {prop.params['TZID']!r} is not known")
    return first


def _length(event: Event, first: Start) -> timedelta:
    length = DAY if not isinstance(first, datetime) else timedelta(0)
    if (duration := _property(event, "DURATION")) is not None:
        length = duration.dt
    elif (dtend := _property(event, "DTEND")) is not None:
        last = dtend.dt
        if isinstance(last, datetime) != isinstance(first, datetime):
            raise BadFeed("its DTEND is of another kind than its DTSTART")
        length = last - first
    if not timedelta(0) <= length <= MAX_EVENT_DURATION:
        raise BadFeed("it ends before it begins, or more than a year later")
    return length


def _starts(
    event: Event, first: Start, zone: Zone, years: range, budget: Budget
) -> Iterator[Start]:
    yield first
    yield from _dates(event, "RDATE")
    for rule in _values(event, "RRULE"):
        wall = _naive(first, None)
        until = datetime(years.stop, 1, 1) + DAY  # noqa: DTZ001 - on the wall
        rule_parts = {name.upper(): values for name, values in rule.items()}
        own = first.tzinfo if isinstance(first, datetime) else None
        if rule_parts.get("UNTIL"):
            rule_parts["UNTIL"] = [
                _naive(rule_parts["UNTIL"][0], own or ZoneInfo(zone.name), time.max)
            ]
        for start in occurrences(rule_parts, wall, until, budget):
            yield start.replace(tzinfo=own) if isinstance(first, datetime) else start.date()


def _dates(event: Event, name: str) -> Iterator[Start]:
    """The values of EXDATE or RDATE."""
    for one in _values(event, name):
        for value in one.dts:
            yield value.dt[0] if isinstance(value.dt, tuple) else value.dt


def _values(event: Event, name: str) -> list[Any]:
    """A property that may stand on several lines."""
    prop = _property(event, name)
    return [] if prop is None else prop if isinstance(prop, list) else [prop]


def _naive(start: Start, zone: tzinfo | None, at: time = time.min) -> datetime:
    if not isinstance(start, datetime):
        return datetime.combine(start, at)
    return (start.astimezone(zone) if start.tzinfo and zone else start).replace(tzinfo=None)


def _is_within(start: Start, length: timedelta, years: range) -> bool:
    wall = _naive(start, None)
    return wall.year <= years[-1] and (wall + length).year >= years[0]


def _wall_spans(start: datetime, length: timedelta, zone: Zone) -> Iterator[Span]:
    """The span as the calendar's zone shows it."""
    end = start.replace(tzinfo=None) + length
    if start.tzinfo is None or getattr(start.tzinfo, "key", None) == zone.name:
        begins = (start.replace(tzinfo=None) - _WALL_EPOCH) // SECOND
        if length:
            yield begins, begins + length // SECOND
        return
    since = (start - EPOCH) // SECOND
    until = (end.replace(tzinfo=start.tzinfo) - EPOCH) // SECOND
    yield from zone.wall_spans(since, until)


def _name(event: Event) -> str:
    printed = "".join(sign for sign in str(event.get("SUMMARY", "")) if sign.isprintable())
    return printed.strip()[:MAX_NAME_CHARS] or "closed"
