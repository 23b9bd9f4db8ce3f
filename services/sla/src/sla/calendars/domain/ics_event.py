"""What an event of a feed says of itself (RFC 5545, VEVENT). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Event

from sla.calendars.domain.feed import BadFeed

LONGEST = timedelta(days=366)
DAY = timedelta(days=1)
LONGEST_NAME = 100

Start = date | datetime


def start_of(event: Event) -> Start:
    """Raises BadFeed where there is none."""
    given = property_of(event, "DTSTART") or property_of(event, "RECURRENCE-ID")
    if given is None:
        raise BadFeed("it has no DTSTART")
    first = given.dt
    if not isinstance(first, date):
        raise BadFeed("its DTSTART is neither a date nor an instant")
    if isinstance(first, datetime) and first.tzinfo is None and "TZID" in given.params:
        raise BadFeed(f"its zone {given.params['TZID']!r} is not known")
    return first


def length_of(event: Event, first: Start) -> timedelta:
    """On the wall; of dates at least one day, and whole ones."""
    length = DAY if not isinstance(first, datetime) else timedelta(0)
    if (lasts := property_of(event, "DURATION")) is not None:
        length = lasts.dt
    elif (ends := property_of(event, "DTEND")) is not None:
        last = ends.dt
        if not same_kind(last, first):
            raise BadFeed("its DTEND is of another kind than its DTSTART")
        length = last - first
    length = checked_length(length)
    return length if isinstance(first, datetime) else timedelta(days=max(length.days, 1))


def checked_length(length: timedelta) -> timedelta:
    if not timedelta(0) <= length <= LONGEST:
        raise BadFeed("it ends before it begins, or more than a year later")
    return length


def same_kind(one: Start, other: Start) -> bool:
    return isinstance(one, datetime) == isinstance(other, datetime)


def is_override(event: Event) -> bool:
    """Whether it stands in the place of one occurrence of a series."""
    return "RECURRENCE-ID" in event


def is_cancelled(event: Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def sequence(event: Event) -> int:
    return int(event.get("SEQUENCE", 0))


def values(event: Any, name: str) -> Iterator[Any]:
    """The values of EXDATE or RDATE."""
    return (value.dt for line in lines(event, name) for value in line.dts)


def lines(event: Any, name: str) -> list[Any]:
    """A property that may stand on several lines."""
    given = property_of(event, name)
    return [] if given is None else given if isinstance(given, list) else [given]


def property_of(event: Any, name: str) -> Any:
    """A property as icalendar made it; None where there is none."""
    return event.get(name)


def name_of(event: Event) -> str:
    printed = "".join(sign for sign in str(event.get("SUMMARY", "")) if sign.isprintable())
    return printed.strip()[:LONGEST_NAME] or "closed"
