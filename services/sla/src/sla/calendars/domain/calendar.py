"""Business calendars: which wall-clock hours were promised (A1). Pure.

A date's open time is its own hours (an override's where it has one, else the weekday's), which may
run on into the next date, together with what runs in from the date before; from all of this
holidays (00:00-24:00 of their date, an override on it notwithstanding) and breaks are taken out.
Extensions are instants, not wall-clock hours, and open whatever else is said about their time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sla.calendars.domain.zone import Zone

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[int, int]
"""Seconds `[start, end)`: since local midnight in `Hours`, since the epoch elsewhere."""
Hours = tuple[Span, ...]

_EPOCH_DAY = date(1970, 1, 1).toordinal()


class BadHours(ValueError):
    """Hours that no calendar can have. The message names them and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Seven `Hours` from Monday on, and what differs on single dates. Spans are `hours()` made.

    `extensions` are spans of epoch seconds, sorted.
    """

    zone: Zone
    weekly: tuple[Hours, ...]
    holidays: Mapping[date, str] = field(default_factory=dict)
    overrides: Mapping[date, Hours] = field(default_factory=dict)
    breaks: Mapping[date, Hours] = field(default_factory=dict)
    extensions: tuple[Span, ...] = ()


def always_open(zone: Zone) -> Calendar:
    """24/7 is a calendar like any other (A4)."""
    return Calendar(zone, (((0, DAY),),) * 7)


def parse_hours(pairs: Iterable[tuple[str, str]]) -> Hours:
    """`[("08:00", "12:00"), ("22:00", "06:00")]` as sorted spans; an end <= start is tomorrow's.

    Raises BadHours for a time of day that is none, and for intervals of one date that overlap.
    """
    spans = sorted(_parse_span(start, end) for start, end in pairs)
    for (start, end), (following, _) in pairwise(spans):
        if following < end:
            raise BadHours(
                f"hours overlap: one from {_format_time(start)} runs beyond {_format_time(following)}"
            )
    return tuple(spans)


def _parse_span(start: str, end: str) -> Span:
    first, last = _parse_time(start), _parse_time(end)
    if first == DAY:
        raise BadHours("hours cannot start at 24:00; that is 00:00 of the next date")
    return (first, last) if last > first else (first, last + DAY)


def _parse_time(text: str) -> int:
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(
        len(p) == 2 and p.isascii() and p.isdigit() for p in parts
    ):
        raise BadHours(f"{text!r} is no time of day; write it like 08:00")
    hour, minute, second = (*map(int, parts), 0)[:3]
    at = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or at > DAY:
        raise BadHours(f"{text!r} is no time of day; a day ends at 24:00")
    return at


def _format_time(seconds: int) -> str:
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}"


def local_openings(calendar: Calendar, first: date, last: date) -> list[Span]:
    """Open wall-clock time of the dates `first..last`, as disjoint sorted spans.

    Counted in seconds since 1970-01-01 00:00 on the wall, as if the zone had no offset at all.
    """
    dates = range(first.toordinal() - 1, last.toordinal() + 1)  # one earlier, for its night shift
    openings = merge_spans(_regular_openings(calendar, dates))
    return list(subtract_spans(openings, merge_spans(sorted(closed_spans(calendar)))))


def _regular_openings(calendar: Calendar, dates: range) -> Iterator[Span]:
    own_hours = {day.toordinal(): spans for day, spans in calendar.overrides.items()}
    for day in dates:
        midnight = (day - _EPOCH_DAY) * DAY
        for start, end in own_hours.get(day, calendar.weekly[(day - 1) % 7]):
            yield midnight + start, midnight + end


def closed_spans(calendar: Calendar) -> Iterator[Span]:
    """What holidays and breaks take out, as spans on the wall, in no order."""
    for day in calendar.holidays:
        yield _span_on(day, (0, DAY))
    for day, spans in calendar.breaks.items():
        yield from (_span_on(day, span) for span in spans)


def _span_on(day: date, span: Span) -> Span:
    midnight = (day.toordinal() - _EPOCH_DAY) * DAY
    return midnight + span[0], midnight + span[1]


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans as disjoint ones that do not touch each other."""
    disjoint: list[Span] = []
    for start, end in spans:
        if disjoint and start <= disjoint[-1][1]:
            disjoint[-1] = (disjoint[-1][0], max(end, disjoint[-1][1]))
        else:
            disjoint.append((start, end))
    return disjoint


def subtract_spans(openings: Iterable[Span], closures: list[Span]) -> Iterator[Span]:
    """Sorted spans with the disjoint sorted `closed` ones taken out."""
    at = 0
    for start, end in openings:
        while at < len(closures) and closures[at][1] <= start:
            at += 1
        cut = at
        while cut < len(closures) and closures[cut][0] < end:
            if start < closures[cut][0]:
                yield start, closures[cut][0]
            start = max(start, closures[cut][1])
            cut += 1
        if start < end:
            yield start, end
