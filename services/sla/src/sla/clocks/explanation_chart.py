"""The explanation of a clock as an SVG chart: how its counted time rose, or why not. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from common.wording import format_duration
from sla.clocks.domain.explanation import Interval
from sla.clocks.domain.explanation_report import REASON_LABELS, ExplanationReport, sum_by_reason
from sla.clocks.domain.story import StoryEvent
from sla.clocks.explanation_curve import (
    FLOOR,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    draw_curve,
    draw_targets,
)
from sla.clocks.explanation_theme import LIGHT, THEMES, Theme
from sla.rendering.svg import Anchor, Element, SvgPicture, circle, line, path, rect, text
from sla.rendering.theme import ThemeName

HEIGHT, STRIP, AXIS = 430, 22, 326
MAX_DAY_LABELS = 9
"""Labels of an axis; longer axes have one for every second, third, ... day."""
MAX_HEADING = 125
"""The most characters of a line at the head; the whole text is the picture's title."""


def render_svg(report: ExplanationReport, theme_name: ThemeName = "light") -> str:
    """Render an SVG document of 1000 x 430, legible without colours by its tooltips and legend.

    Its ids are unique on a page that shows several clocks, or one in both themes.
    """
    scale, theme = Scale.of(report), THEMES[theme_name]
    picture = SvgPicture(
        f"clock {report.key} {theme_name}",
        f"{report.heading}. {report.status_line}.",
        WIDTH,
        HEIGHT,
        font_size=13,
        fill=theme.ink,
        ground=theme.ground,
    )
    return picture.render(
        [
            *_head(report, theme),
            *_strip(report, scale, theme),
            *draw_targets(report, scale, theme),
            *draw_curve(report, scale, picture.id("late"), theme),
            *_marks(report, scale, theme),
            *_deadline(report, scale, theme),
            *_days(report, scale, theme),
            *_legend(report, scale, theme),
        ]
    )


def _head(report: ExplanationReport, theme: Theme) -> Iterator[Element]:
    colour = theme.late if report.snapshot.breached else theme.ink
    yield _text(LEFT, 34, _short(report.heading, 85), size=18, weight=600, fill=theme.ink)
    yield _text(LEFT, 58, _short(report.status_line), fill=colour, weight=600)
    promise = report.promises[-1].text
    more = len(report.promises) - 1
    earlier = f" (before: {more} other version{'s' if more > 1 else ''})" if more else ""
    yield _text(LEFT, 78, _short(promise, 125) + earlier, fill=theme.soft)


def _short(words: str, length: int = MAX_HEADING) -> str:
    return words if len(words) <= length else words[: length - 1] + "…"


def _strip(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    for interval in scale.intervals:
        start, end = scale.x(interval.start), scale.x(interval.end)
        if end - start >= 0.2:
            yield rect(
                start,
                FLOOR,
                end - start,
                STRIP,
                fill=theme.fills[interval.reason],
                title=_tooltip(report, interval),
            )


def _tooltip(report: ExplanationReport, interval: Interval) -> str:
    name = f" ({interval.name})" if interval.name else ""
    span = f"{report.format_instant(interval.start)} - {report.format_instant(interval.end)}"
    counted = format_duration(interval.counted)
    return f"{REASON_LABELS[interval.reason]}{name}: {span}, {counted} counted"


def _marks(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    """Mark what happened: a circle for a firing, a triangle for a change, a square for a waiver."""
    for event in report.events:
        if event.at <= scale.end:
            yield from _mark(event, scale.x(event.at), report, theme)


def _mark(
    event: StoryEvent, x: float, report: ExplanationReport, theme: Theme
) -> Iterator[Element]:
    title = f"{report.describe(event)}: {report.format_instant(event.at)}"
    middle = FLOOR + STRIP / 2
    if event.kind in ("warned", "breached", "breach_withdrawn"):
        stroke = theme.ink if event.kind == "warned" else theme.late
        fill = theme.late if event.kind == "breached" else theme.ground
        yield circle(x, middle, 4.5, fill=fill, stroke=stroke, stroke_width=1.5, title=title)
    elif event.kind in ("waived", "waiver_too_late"):
        yield rect(x - 4.5, middle - 4.5, 9, 9, fill=theme.ground, stroke=theme.ink, title=title)
    elif event.kind in ("terms_changed", "opening_moved"):
        yield path(f"M{x} {FLOOR - 9}l6 9h-12z", fill=theme.ink, title=title)


def _deadline(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    """The deadline as a line; one that lies beyond the end of the picture by its label alone."""
    deadline = report.snapshot.deadline
    if deadline is None:
        return
    colour = theme.late if report.snapshot.breached else theme.ink
    label = f"deadline {report.format_instant(deadline)}"
    if deadline > scale.end:
        yield _text(WIDTH - RIGHT, TOP - 8, f"{label} →", anchor="end", fill=colour)
        return
    x = scale.x(max(deadline, scale.start))
    yield line(x, TOP - 16, x, FLOOR + STRIP, colour, stroke_dasharray="5 4")
    is_right_half = x > WIDTH / 2
    label_x, anchor = (x - 7, "end") if is_right_half else (x + 7, "start")
    yield text(label_x, TOP - 8, label, anchor=anchor, fill=colour)


def _days(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    """Render the opening and the midnights of the reader's zone."""
    yield _text(LEFT, AXIS, report.format_instant(scale.start), fill=theme.soft)
    first = scale.start.astimezone(report.zone).date()
    number = (scale.end.astimezone(report.zone).date() - first).days
    step = max(1, -(-number // MAX_DAY_LABELS))
    for day in range(step, number + 1, step):
        date = first + timedelta(days=day)
        at = datetime(date.year, date.month, date.day, tzinfo=report.zone)
        x = scale.x(at)
        yield line(x, FLOOR, x, FLOOR + STRIP + 6, theme.line)
        if 150 < x - LEFT < WIDTH - LEFT - RIGHT - 20:  # beside the label of the opening
            label = f"{date:%a} {date.day} {date:%b}"
            yield _text(x, AXIS, label, anchor="middle", fill=theme.soft)


def _legend(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    """What the colours mean and how long each lasted; the rest after the end is no length of it."""
    totals = sum_by_reason(scale.intervals)
    if scale.intervals and scale.intervals[-1].end == scale.end < report.as_of:
        totals["stopped"] -= scale.intervals[-1].end - scale.intervals[-1].start
    for index, (reason, span) in enumerate(totals.items()):
        column, row = index % 3, index // 3
        x, y = LEFT + column * 300, AXIS + 42 + row * 26
        fill = theme.fills[reason]
        yield rect(x, y - 11, 14, 14, rx=3, fill=fill, stroke=theme.line, stroke_width=0.5)
        label = f"{REASON_LABELS[reason]} {format_duration(span) if span else ''}"
        yield _text(x + 21, y, label, fill=theme.ink)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: Anchor = "start",
    fill: str = LIGHT.ink,
) -> Element:
    return text(x, y, words, font_size=size, font_weight=weight, anchor=anchor, fill=fill)
