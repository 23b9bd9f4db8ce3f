"""Business calendars: the wall-clock hours in which time counts (A1). Pure.

The open time of a date is computed in this order:

1. Its own hours: those of its override if it has one, else those of its weekday. They may run past
   midnight and then also count on the next date.
2. Minus holidays, 00:00 to 24:00 of their date, even where the date has an override.
3. Minus breaks.
4. Plus extensions, which are spans of instants instead of wall-clock hours, and always open.

"Wall" is local time as a clock on the wall shows it: seconds since 1970-01-01 00:00 local time, as
if the zone had no offset. `sla.calendars.domain.timetable` turns it into instants.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sla.calendars.domain.zone import Zone

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[int, int]
"""Seconds `[start, end)`: since local midnight in `Hours`, else since 1970-01-01 00:00, on the wall
or in UTC as the context says."""
Hours = tuple[Span, ...]
"""The hours of one date: sorted spans without overlaps. The last may end on the next date (> DAY)."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()


class BadHours(ValueError):
    """Hours that are not valid in a calendar. The message says which, and why."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar in one zone: weekly hours, and what differs on single dates.

    `weekly` has seven `Hours`, from Monday on. `holidays` have names. `overrides` replace the weekly
    hours of their date, `breaks` are taken out of it. `extensions` are sorted spans of epoch
    seconds. Use `parse_hours` to make valid `Hours`.
    """

    zone: Zone
    weekly: tuple[Hours, ...]
    holidays: Mapping[date, str] = field(default_factory=dict)
    overrides: Mapping[date, Hours] = field(default_factory=dict)
    breaks: Mapping[date, Hours] = field(default_factory=dict)
    extensions: tuple[Span, ...] = ()


def always_open(zone: Zone) -> Calendar:
    """The calendar of a zone that is open 24/7 (A4)."""
    return Calendar(zone, (((0, DAY),),) * 7)


def parse_hours(pairs: Iterable[tuple[str, str]]) -> Hours:
    """Parse the hours of a date, such as `[("08:00", "12:00"), ("22:00", "06:00")]`.

    Times are `HH:MM` or `HH:MM:SS` up to `24:00`. An interval whose end is not later than its start
    ends on the next date. Raises BadHours for a time that is not valid, and for overlaps.
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
        raise BadHours(f"{text!r} is not a valid time of day; write it like 08:00")
    hour, minute, second = (*map(int, parts), 0)[:3]
    at = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or at > DAY:
        raise BadHours(f"{text!r} is not a valid time of day; a day ends at 24:00")
    return at


def _format_time(seconds: int) -> str:
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}"


def local_openings(calendar: Calendar, first: date, last: date) -> list[Span]:
    """The open time of the dates `first..last` on the wall, as sorted disjoint spans.

    Without extensions, which are not wall-clock hours. The hours of the dates before and at the end
    may reach over the edges of the range.
    """
    dates = range(first.toordinal() - 1, last.toordinal() + 1)  # one more, for its night shift
    openings = merge_spans(_regular_openings(calendar, dates))
    return list(subtract_spans(openings, merge_spans(sorted(closed_spans(calendar)))))


def open_spans(calendar: Calendar, first: date, last: date) -> Iterator[Span]:
    """The open wall-clock time of these dates in epoch seconds, sorted (A2).

    An hour that the wall shows twice is open twice; one that it skips is not open.
    """
    wall_spans = local_openings(calendar, first, last)
    joined: Span | None = None
    for since, until, offset in calendar.zone.offset_periods():
        if (
            not wall_spans
            or until + offset <= wall_spans[0][0]
            or wall_spans[-1][1] <= since + offset
        ):
            continue
        index = bisect_right(wall_spans, since + offset, key=lambda span: span[1])
        while index < len(wall_spans) and wall_spans[index][0] < until + offset:
            start, end = wall_spans[index]
            span = max(start - offset, since), min(end - offset, until)
            if joined and joined[1] == span[0]:
                span = joined[0], span[1]
            elif joined:
                yield joined
            joined = span
            index += 1
    if joined:
        yield joined


def _regular_openings(calendar: Calendar, dates: range) -> Iterator[Span]:
    own_hours = {day.toordinal(): spans for day, spans in calendar.overrides.items()}
    for day in dates:
        midnight = (day - _EPOCH_DAY) * DAY
        for start, end in own_hours.get(day, calendar.weekly[(day - 1) % 7]):
            yield midnight + start, midnight + end


def closed_spans(calendar: Calendar) -> Iterator[Span]:
    """The spans on the wall that holidays and breaks take out, in no order."""
    for day in calendar.holidays:
        yield _span_on(day, (0, DAY))
    for day, spans in calendar.breaks.items():
        yield from (_span_on(day, span) for span in spans)


def _span_on(day: date, span: Span) -> Span:
    midnight = (day.toordinal() - _EPOCH_DAY) * DAY
    return midnight + span[0], midnight + span[1]


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Join sorted spans that overlap or touch each other."""
    disjoint: list[Span] = []
    for start, end in spans:
        if disjoint and start <= disjoint[-1][1]:
            disjoint[-1] = (disjoint[-1][0], max(end, disjoint[-1][1]))
        else:
            disjoint.append((start, end))
    return disjoint


def subtract_spans(openings: Iterable[Span], closures: list[Span]) -> Iterator[Span]:
    """Take `closures` out of `openings`; both sorted, closures disjoint. Yields sorted spans."""
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
