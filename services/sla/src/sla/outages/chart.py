"""A month as a picture: one strip per day, so that five minutes can be seen. Pure.

Up, degraded, down and maintenance differ in height and in words as well as in colour. What is yet to
come is left pale. No style and no script: the picture may stand anywhere under a strict content
security policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from sla.calendars.domain.zone import Zone
from sla.outages.domain.availability import ZERO, Availability, Part
from sla.outages.domain.month import month_of, start_of_day

LEFT_MARGIN, TOP_MARGIN, ROW_HEIGHT, BAR_HEIGHT, HOUR_WIDTH = 96, 64, 18, 13, 32.0
BACKGROUND_COLOUR, FUTURE_COLOUR = "#ebebe7", "#f9f9f7"
COLOURS = {
    "agreed": "#7fb685",
    "down": "#b3261e",
    "outside": "#e5a9a4",
    "maintenance": "#3b5b92",
    "degraded": "#d98e04",
}
HEIGHT_RATIOS = {"agreed": 1.0, "down": 1.0, "outside": 1.0, "maintenance": 0.7, "degraded": 0.45}
LEGEND_LABELS = {
    "agreed": "agreed service time, up",
    "down": "down",
    "outside": "down outside agreed hours",
    "maintenance": "maintenance",
    "degraded": "degraded",
}
MIN_BAR_WIDTH = 1.5
"""Pixels: what lasted a second is seen, too."""
HOUR = timedelta(hours=1)


def render_svg(availability: Availability, zone: Zone, title: str) -> str:
    """SVG. `found` is of whole days in the zone."""
    days = list(_days(availability, zone))
    longest = max((end - start) / HOUR for _, start, end in days)
    width, height = (
        LEFT_MARGIN + longest * HOUR_WIDTH + 16,
        TOP_MARGIN + len(days) * ROW_HEIGHT + 44,
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" role="img"'
    lines = [
        svg + ' font-family="system-ui, sans-serif" font-size="11" aria-labelledby="t d">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(_describe(availability))}</desc>',
        f'<rect width="{width:g}" height="{height}" fill="#ffffff"/>',
        _text(16, 22, title, size=15, weight="600"),
        _text(16, 40, _describe(availability)),
        *_scale(longest),
    ]
    for number, (day, start, end) in enumerate(days):
        y = TOP_MARGIN + number * ROW_HEIGHT
        lines.append(_text(16, y + 10, f"{day:%a} {day.day} {day:%b}"))
        lines += _render_day(availability, start, end, y)
    lines += _legend(height - 16)
    return "\n".join(lines) + "\n</svg>\n"


def _days(availability: Availability, zone: Zone) -> Iterator[tuple[date, datetime, datetime]]:
    day = month_of(availability.start, zone).first_day
    while (start := start_of_day(day, zone)) < availability.end:
        next_day = day + timedelta(days=1)
        end = start_of_day(next_day, zone)
        if start < end:  # a date that the zone left out has no time at all
            yield day, start, end
        day = next_day


def _render_day(
    availability: Availability, start: datetime, end: datetime, y: int
) -> Iterator[str]:
    day = _DayStrip(start, min(end, max(start, availability.as_of)), y)
    yield _bar(y, ZERO, end - start, FUTURE_COLOUR, 1.0)
    if day.start < day.until:
        yield day.bar(day.start, day.until, BACKGROUND_COLOUR)
    yield from (day.bar(*opening, COLOURS["agreed"]) for opening in day.openings(availability))
    for part in _parts_within(availability.parts, start, end):
        yield from _render_part(availability, day, part)


def _render_part(availability: Availability, day: "_DayStrip", part: Part) -> Iterator[str]:
    """Of what is down, the part in agreed hours stands out: only that counts."""
    first, last = max(part.segment.start, day.start), min(part.segment.end, day.until)
    state = part.segment.state
    colour = COLOURS["outside" if state == "down" else state]
    yield day.bar(first, last, colour, HEIGHT_RATIOS[state], _part_title(part))
    if state == "down":
        for opens, closes in day.openings(availability, first, last):
            yield day.bar(opens, closes, COLOURS["down"], 1.0, _part_title(part))


@dataclass(frozen=True, slots=True)
class _DayStrip:
    """A strip's day up to now, and where it stands."""

    start: datetime
    until: datetime
    y: int

    def openings(
        self,
        availability: Availability,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[tuple[datetime, datetime]]:
        for period in availability.agreement_periods:
            first = max(since or self.start, period.start)
            last = min(until or self.until, period.end)
            if first < last:
                yield from period.timetable.openings(first, last)

    def bar(
        self,
        first: datetime,
        last: datetime,
        colour: str,
        height_ratio: float = 1.0,
        title: str = "",
    ) -> str:
        return _bar(self.y, first - self.start, last - first, colour, height_ratio, title)


def _parts_within(parts: tuple[Part, ...], start: datetime, end: datetime) -> Iterator[Part]:
    for part in parts:
        if part.segment.state != "up" and part.segment.start < end and start < part.segment.end:
            yield part


def _part_title(part: Part) -> str:
    segment = part.segment
    names = ", ".join((*segment.outages, *segment.windows))
    times = f"{segment.start:%d %b %H:%M:%S} to {segment.end:%d %b %H:%M:%S} UTC"
    return f"{LEGEND_LABELS[segment.state]}: {names}, {times}"


def _bar(
    y: int,
    offset: timedelta,
    duration: timedelta,
    colour: str,
    height_ratio: float,
    title: str = "",
) -> str:
    x, width = (
        LEFT_MARGIN + offset / HOUR * HOUR_WIDTH,
        max(duration / HOUR * HOUR_WIDTH, MIN_BAR_WIDTH),
    )
    height = BAR_HEIGHT * height_ratio
    rect = f'<rect x="{x:.2f}" y="{y + BAR_HEIGHT - height:.2f}" width="{width:.2f}" height="{height:.2f}"'
    return f'{rect} fill="{colour}">{f"<title>{escape(title)}</title>" if title else ""}</rect>'


def _scale(longest: float) -> Iterator[str]:
    for hour in range(0, int(longest) + 1, 3):
        x = LEFT_MARGIN + hour * HOUR_WIDTH
        yield _text(x, TOP_MARGIN - 6, f"{hour} h", anchor="middle", colour="#5c5c5c")


def _legend(y: float) -> Iterator[str]:
    x = 16.0
    for name, label in LEGEND_LABELS.items():
        height_ratio = HEIGHT_RATIOS[name]
        yield (
            f'<rect x="{x:g}" y="{y - BAR_HEIGHT * height_ratio:.2f}" width="22" height="{BAR_HEIGHT * height_ratio:.2f}"'
            f' fill="{COLOURS[name]}"/>'
        )
        yield _text(x + 28, y - 1, label)
        x += 46 + 6 * len(label)


def _describe(availability: Availability) -> str:
    if availability.ratio is None:
        return "No service time was agreed."
    promise = (
        ""
        if availability.promised_ratio is None
        else f" of {availability.promised_ratio:.3%} promised"
    )
    downtime = f"{availability.down} down, {availability.excluded} excluded by maintenance, {availability.degraded} degraded"
    return f"{availability.ratio:.3%}{promise}; {downtime}; {availability.failures.count} failures"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 11,
    weight: str = "400",
    anchor: str = "start",
    colour: str = "#1d1d1b",
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}"'
        f' text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )
