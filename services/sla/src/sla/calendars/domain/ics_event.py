"""Reads the properties of an event (RFC 5545, VEVENT). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Event

from sla.calendars.domain.feed import BadFeed

MAX_LENGTH = timedelta(days=366)
DAY = timedelta(days=1)
MAX_NAME_CHARS = 100

Start = date | datetime


def start_of(event: Event) -> Start:
    """The start of an event, a date or a datetime. Raises BadFeed where it has none that is valid."""
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
    """The length of an event in wall-clock time; of an all-day event whole days, at least one.

    `first` is its start. Raises BadFeed.
    """
    length = DAY if not isinstance(first, datetime) else timedelta(0)
    if (lasts := property_of(event, "DURATION")) is not None:
        length = lasts.dt
    elif (ends := property_of(event, "DTEND")) is not None:
        last = ends.dt
        if not same_kind(last, first):
            raise BadFeed("its DTEND is of another kind than its DTSTART")
        length = last - first
    length = check_length(length)
    return length if isinstance(first, datetime) else timedelta(days=max(length.days, 1))


def check_length(length: timedelta) -> timedelta:
    """Return the length. Raises BadFeed for a negative one, and for one of more than a year."""
    if not timedelta(0) <= length <= MAX_LENGTH:
        raise BadFeed("it ends before it begins, or more than a year later")
    return length


def same_kind(one: Start, other: Start) -> bool:
    """Whether both are dates, or both datetimes."""
    return isinstance(one, datetime) == isinstance(other, datetime)


def is_override(event: Event) -> bool:
    """Whether the event replaces an occurrence of a series."""
    return "RECURRENCE-ID" in event


def is_cancelled(event: Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def sequence_of(event: Event) -> int:
    """The number of the event's revision."""
    return int(event.get("SEQUENCE", 0))


def values(event: Any, name: str) -> Iterator[Any]:
    """The values of EXDATE or RDATE."""
    return (value.dt for line in lines(event, name) for value in line.dts)


def lines(event: Any, name: str) -> list[Any]:
    """The values of a property that may be repeated."""
    given = property_of(event, name)
    return [] if given is None else given if isinstance(given, list) else [given]


def property_of(event: Any, name: str) -> Any:
    """A property as icalendar parsed it; None where the event has none."""
    return event.get(name)


def name_of(event: Event) -> str:
    """The summary, cut to 100 printable characters; "closed" where there is none."""
    printable = "".join(one for one in str(event.get("SUMMARY", "")) if one.isprintable())
    return printable.strip()[:MAX_NAME_CHARS] or "closed"
