"""The availability of a month as an SVG chart: one strip per day, so that minutes are visible.
Pure.

States differ in height and in their tooltips as well as in colour. Future time is pale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.wording import format_duration
from sla.calendars.domain.zone import Zone
from sla.outages.domain.availability import ZERO, Availability, Part
from sla.outages.domain.availability_month import month_of, start_of_day
from sla.rendering.svg import Anchor, Element, SvgPicture, rect, text
from sla.rendering.theme import ThemeName

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
"""Pixels, so that even a second is visible."""
HOUR = timedelta(hours=1)


def render_svg(
    availability: Availability, zone: Zone, title: str, theme: ThemeName = "light"
) -> str:
    """Render an SVG document; `availability` is of whole days in the zone."""
    days = list(_days(availability, zone))
    longest = max((end - start) / HOUR for _, start, end in days)
    width, height = (
        LEFT_MARGIN + longest * HOUR_WIDTH + 16,
        TOP_MARGIN + len(days) * ROW_HEIGHT + 44,
    )
    picture = SvgPicture(
        f"availability of {title}",
        title,
        width,
        height,
        description=_describe(availability),
        font_size=11,
        theme=theme,
    )
    parts = [
        _text(16, 22, title, size=15, weight="600"),
        _text(16, 40, picture.description),
        *_scale(longest),
    ]
    for number, (day, start, end) in enumerate(days):
        y = TOP_MARGIN + number * ROW_HEIGHT
        parts.append(_text(16, y + 10, f"{day:%a} {day.day} {day:%b}"))
        parts += _render_day(availability, start, end, y)
    return picture.render([*parts, *_legend(height - 16)])


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
) -> Iterator[Element]:
    day = _DayStrip(start, min(end, max(start, availability.as_of)), y)
    yield _bar(y, ZERO, end - start, FUTURE_COLOUR, 1.0)
    if day.start < day.until:
        yield day.bar(day.start, day.until, BACKGROUND_COLOUR)
    yield from (day.bar(*opening, COLOURS["agreed"]) for opening in day.openings(availability))
    for part in _parts_within(availability.parts, start, end):
        yield from _render_part(availability, day, part)


def _render_part(availability: Availability, day: "_DayStrip", part: Part) -> Iterator[Element]:
    """Render a part; downtime in agreed hours, which alone counts, has its own colour."""
    first, last = max(part.segment.start, day.start), min(part.segment.end, day.until)
    state = part.segment.state
    colour = COLOURS["outside" if state == "down" else state]
    yield day.bar(first, last, colour, HEIGHT_RATIOS[state], _part_title(part))
    if state == "down":
        for opens, closes in day.openings(availability, first, last):
            yield day.bar(opens, closes, COLOURS["down"], 1.0, _part_title(part))


@dataclass(frozen=True, slots=True)
class _DayStrip:
    """The strip of a day up to now, at `y`."""

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
    ) -> Element:
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
) -> Element:
    x, width = (
        LEFT_MARGIN + offset / HOUR * HOUR_WIDTH,
        max(duration / HOUR * HOUR_WIDTH, MIN_BAR_WIDTH),
    )
    height = BAR_HEIGHT * height_ratio
    return rect(x, y + BAR_HEIGHT - height, width, height, fill=colour, title=title)


def _scale(longest: float) -> Iterator[Element]:
    for hour in range(0, int(longest) + 1, 3):
        x = LEFT_MARGIN + hour * HOUR_WIDTH
        yield _text(x, TOP_MARGIN - 6, f"{hour} h", anchor="middle", colour="#5c5c5c")


def _legend(y: float) -> Iterator[Element]:
    x = 16.0
    for name, label in LEGEND_LABELS.items():
        height_ratio = HEIGHT_RATIOS[name]
        yield rect(
            x, y - BAR_HEIGHT * height_ratio, 22, BAR_HEIGHT * height_ratio, fill=COLOURS[name]
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
    times = {
        "down": availability.down,
        "excluded by maintenance": availability.excluded,
        "degraded": availability.degraded,
    }
    spent = ", ".join(f"{format_duration(span)} {what}" for what, span in times.items())
    return f"{availability.ratio:.3%}{promise}; {spent}; {availability.failures.count} failures"


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
