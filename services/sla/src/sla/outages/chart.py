"""A month as a picture: one strip per day, so that five minutes can be seen. Pure.

Up, degraded, down and maintenance differ in height and in words as well as in colour. What is yet to
come is left pale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.wording import format_duration
from sla.calendars.domain.zone import Zone
from sla.outages.domain.availability import ZERO, Availability, Part
from sla.outages.domain.month import begins, month_of
from sla.rendering.svg import Anchor, Element, Picture, rect, text

LEFT, TOP, ROW, BAR, HOUR_WIDTH = 96, 64, 18, 13, 32.0
GROUND, YET_TO_COME = "#ebebe7", "#f9f9f7"
COLOURS = {
    "agreed": "#7fb685",
    "down": "#b3261e",
    "outside": "#e5a9a4",
    "maintenance": "#3b5b92",
    "degraded": "#d98e04",
}
HEIGHTS = {"agreed": 1.0, "down": 1.0, "outside": 1.0, "maintenance": 0.7, "degraded": 0.45}
WORDS = {
    "agreed": "agreed service time, up",
    "down": "down",
    "outside": "down outside agreed hours",
    "maintenance": "maintenance",
    "degraded": "degraded",
}
LEAST = 1.5
"""Pixels: what lasted a second is seen, too."""
HOUR = timedelta(hours=1)


def picture(found: Availability, zone: Zone, title: str) -> str:
    """SVG. `found` is of whole days in the zone."""
    days = list(_days(found, zone))
    longest = max((end - start) / HOUR for _, start, end in days)
    width, height = LEFT + longest * HOUR_WIDTH + 16, TOP + len(days) * ROW + 44
    shown = Picture(
        f"availability of {title}", title, width, height, description=_sentence(found), font_size=11
    )
    parts = [
        _text(16, 22, title, size=15, weight="600"),
        _text(16, 40, shown.description),
        *_scale(longest),
    ]
    for number, (day, start, end) in enumerate(days):
        y = TOP + number * ROW
        parts.append(_text(16, y + 10, f"{day:%a} {day.day} {day:%b}"))
        parts += _strip(found, start, end, y)
    return shown.drawn([*parts, *_legend(height - 16)])


def _days(found: Availability, zone: Zone) -> Iterator[tuple[date, datetime, datetime]]:
    day = month_of(found.start, zone).day
    while (start := begins(day, zone)) < found.end:
        following = day + timedelta(days=1)
        end = begins(following, zone)
        if start < end:  # a date that the zone left out has no time at all
            yield day, start, end
        day = following


def _strip(found: Availability, start: datetime, end: datetime, y: int) -> Iterator[Element]:
    day = _Day(start, min(end, max(start, found.until)), y)
    yield _bar(y, ZERO, end - start, YET_TO_COME, 1.0)
    if day.start < day.until:
        yield day.bar(day.start, day.until, GROUND)
    yield from (day.bar(*opening, COLOURS["agreed"]) for opening in day.openings(found))
    for part in _within(found.parts, start, end):
        yield from _stretch(found, day, part)


def _stretch(found: Availability, day: "_Day", part: Part) -> Iterator[Element]:
    """Of what is down, the part in agreed hours stands out: only that counts."""
    first, last = max(part.segment.start, day.start), min(part.segment.end, day.until)
    state = part.segment.state
    colour = COLOURS["outside" if state == "down" else state]
    yield day.bar(first, last, colour, HEIGHTS[state], _why(part))
    if state == "down":
        for opens, closes in day.openings(found, first, last):
            yield day.bar(opens, closes, COLOURS["down"], 1.0, _why(part))


@dataclass(frozen=True, slots=True)
class _Day:
    """A strip's day up to now, and where it stands."""

    start: datetime
    until: datetime
    y: int

    def openings(
        self, found: Availability, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[tuple[datetime, datetime]]:
        for stretch in found.stretches:
            first = max(since or self.start, stretch.start)
            last = min(until or self.until, stretch.end)
            if first < last:
                yield from stretch.timetable.openings(first, last)

    def bar(
        self, first: datetime, last: datetime, colour: str, share: float = 1.0, why: str = ""
    ) -> Element:
        return _bar(self.y, first - self.start, last - first, colour, share, why)


def _within(parts: tuple[Part, ...], start: datetime, end: datetime) -> Iterator[Part]:
    for part in parts:
        if part.segment.state != "up" and part.segment.start < end and start < part.segment.end:
            yield part


def _why(part: Part) -> str:
    segment = part.segment
    names = ", ".join((*segment.troubles, *segment.windows))
    times = f"{segment.start:%d %b %H:%M:%S} to {segment.end:%d %b %H:%M:%S} UTC"
    return f"{WORDS[segment.state]}: {names}, {times}"


def _bar(
    y: int, since: timedelta, lasts: timedelta, colour: str, share: float, why: str = ""
) -> Element:
    x, width = LEFT + since / HOUR * HOUR_WIDTH, max(lasts / HOUR * HOUR_WIDTH, LEAST)
    height = BAR * share
    return rect(x, y + BAR - height, width, height, fill=colour, title=why)


def _scale(longest: float) -> Iterator[Element]:
    for hour in range(0, int(longest) + 1, 3):
        x = LEFT + hour * HOUR_WIDTH
        yield _text(x, TOP - 6, f"{hour} h", anchor="middle", colour="#5c5c5c")


def _legend(y: float) -> Iterator[Element]:
    x = 16.0
    for name, word in WORDS.items():
        share = HEIGHTS[name]
        yield rect(x, y - BAR * share, 22, BAR * share, fill=COLOURS[name])
        yield _text(x + 28, y - 1, word)
        x += 46 + 6 * len(word)


def _sentence(found: Availability) -> str:
    if found.share is None:
        return "No service time was agreed."
    promised = "" if found.promised is None else f" of {found.promised:.3%} promised"
    times = {
        "down": found.down,
        "excluded by maintenance": found.excluded,
        "degraded": found.degraded,
    }
    spent = ", ".join(f"{format_duration(span)} {what}" for what, span in times.items())
    return f"{found.share:.3%}{promised}; {spent}; {found.failures.count} failures"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 11,
    weight: str = "400",
    anchor: Anchor = "start",
    colour: str = "#1d1d1b",
) -> Element:
    return text(x, y, words, font_size=size, font_weight=weight, anchor=anchor, fill=colour)
