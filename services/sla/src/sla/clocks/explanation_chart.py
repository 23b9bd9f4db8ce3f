"""The explanation of a clock as an SVG chart: how its counted time rose, or why not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.wording import format_duration
from sla.clocks.domain.clock import BREACH, ZERO
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.explanation_report import REASON_LABELS, ExplanationReport
from sla.rendering.svg import (
    Anchor,
    Element,
    SvgPicture,
    circle,
    element,
    format_points,
    line,
    path,
    polyline,
    rect,
    text,
)

WIDTH, HEIGHT, LEFT, RIGHT = 1000, 430, 70, 30
TOP, FLOOR, STRIP, AXIS = 120, 280, 22, 326
INK, SOFT, RED = "#1f2933", "#52606d", "#c0262d"
FILL_COLOURS: dict[Reason, str] = {
    "counted": "#0b7a75",
    "closed_hours": "#dfe4ea",
    "holiday": "#b9a5dd",
    "break": "#c7d0d9",
    "maintenance": "#8fb3d9",
    "waiting_on_customer": "#f2b84b",
    "stopped": "#f3f5f7",
}
MAX_DAY_LABELS = 9
"""Labels of an axis; longer axes have one for every second, third, ... day."""


def render_svg(report: ExplanationReport) -> str:
    """Render an SVG document of 1000 x 430, legible without colours by its tooltips and legend."""
    scale = _Scale.of(report)
    picture = SvgPicture(
        f"clock of {report.heading}",
        f"{report.heading}. {report.status_line}.",
        WIDTH,
        HEIGHT,
        font_size=13,
        fill=INK,
        ground="#fff",
    )
    return picture.render(
        [
            *_head(report),
            *_strip(report, scale),
            *_curve(report, scale, picture.id("late")),
            *_marks(report, scale),
            *_days(report, scale),
            *_legend(report),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Convert instants and counted time to coordinates."""

    start: datetime
    end: datetime
    max_counted: timedelta

    @classmethod
    def of(cls, report: ExplanationReport) -> "_Scale":
        start, deadline = report.clock.opened_at, report.snapshot.deadline
        end = max(report.as_of, deadline or report.as_of, start + timedelta(minutes=1))
        counted = sum((interval.counted for interval in report.intervals), ZERO)
        max_counted = max(counted, report.clock.terms.target or ZERO, timedelta(minutes=1))
        return cls(start, end, max_counted * 1.08)

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, counted: timedelta) -> float:
        return round(FLOOR - counted / self.max_counted * (FLOOR - TOP), 1)


def _head(report: ExplanationReport) -> Iterator[Element]:
    colour = RED if report.snapshot.breached else INK
    yield _text(LEFT, 34, report.heading, size=18, weight=600)
    yield _text(LEFT, 58, report.status_line, fill=colour, weight=600)
    yield _text(LEFT, 78, report.promise, fill=SOFT)


def _strip(report: ExplanationReport, scale: _Scale) -> Iterator[Element]:
    for interval in report.intervals:
        start, end = scale.x(interval.start), scale.x(interval.end)
        if end - start >= 0.2:
            yield rect(
                start,
                FLOOR,
                end - start,
                STRIP,
                fill=FILL_COLOURS[interval.reason],
                title=_tooltip(report, interval),
            )


def _tooltip(report: ExplanationReport, interval: Interval) -> str:
    name = f" ({interval.name})" if interval.name else ""
    span = f"{report.format_instant(interval.start)} - {report.format_instant(interval.end)}"
    return f"{REASON_LABELS[interval.reason]}{name}: {span}, {format_duration(interval.counted)} counted"


def _curve(report: ExplanationReport, scale: _Scale, late: str) -> Iterator[Element]:
    counted, points = ZERO, [(float(LEFT), float(FLOOR))]
    for interval in report.intervals:
        counted += interval.counted
        points.append((scale.x(interval.end), scale.y(counted)))
    area = format_points([*points, (points[-1][0], FLOOR)])
    yield element("polygon", points=area, fill=FILL_COLOURS["counted"], opacity=0.12)
    yield polyline(points, FILL_COLOURS["counted"], stroke_width=2.5, stroke_linejoin="round")
    if report.clock.terms.target is not None:
        late_height = scale.y(report.clock.terms.target) - TOP + 16
        yield element("clipPath", rect(0, TOP - 16, WIDTH, late_height), id=late)
        clip = f"url(#{late})"
        yield polyline(points, RED, stroke_width=3, stroke_linejoin="round", clip_path=clip)
    yield line(LEFT, TOP - 16, LEFT, FLOOR, "#cbd2d9")
    yield _text(LEFT - 8, FLOOR, "0", anchor="end", fill=SOFT)


def _marks(report: ExplanationReport, scale: _Scale) -> Iterator[Element]:
    target, deadline = report.clock.terms.target, report.snapshot.deadline
    if target is not None:
        y = scale.y(target)
        yield _line(LEFT, y, WIDTH - RIGHT, y, SOFT)
        yield _text(LEFT - 8, y + 4, format_duration(target), anchor="end", fill=SOFT)
    for firing in report.firings:
        if firing.kind != BREACH:
            x = scale.x(firing.due_at)
            title = f"{firing.kind}: {report.format_instant(firing.due_at)}"
            yield circle(
                x, FLOOR + STRIP / 2, 4.5, fill="#fff", stroke=INK, stroke_width=1.5, title=title
            )
    for change in report.changes:
        x = scale.x(change.at)
        title = f"{change.description}: {report.format_instant(change.at)}"
        yield path(f"M{x} {FLOOR - 9}l6 9h-12z", fill=INK, title=title)
    if deadline is not None:
        x = scale.x(max(deadline, scale.start))
        colour = RED if report.snapshot.breached else INK
        yield _line(x, TOP - 16, x, FLOOR + STRIP, colour)
        is_right_half = x > WIDTH / 2
        label = f"deadline {report.format_instant(deadline)}"
        label_x = x - 7 if is_right_half else x + 7
        yield _text(
            label_x, TOP - 8, label, anchor="end" if is_right_half else "start", fill=colour
        )


def _days(report: ExplanationReport, scale: _Scale) -> Iterator[Element]:
    """Render the opening and the midnights of the reader's zone."""
    yield _text(LEFT, AXIS, report.format_instant(report.clock.opened_at), fill=SOFT)
    first = report.clock.opened_at.astimezone(report.zone).date()
    number = (scale.end.astimezone(report.zone).date() - first).days
    step = max(1, -(-number // MAX_DAY_LABELS))
    for day in range(step, number + 1, step):
        date = first + timedelta(days=day)
        at = datetime(date.year, date.month, date.day, tzinfo=report.zone)
        x = scale.x(at)
        yield _line(x, FLOOR, x, FLOOR + STRIP + 6, "#9aa5b1", dashes=None)
        if x - LEFT > 150:  # room for the label of the opening
            yield _text(x, AXIS, f"{date:%a} {date.day} {date:%b}", anchor="middle", fill=SOFT)


def _legend(report: ExplanationReport) -> Iterator[Element]:
    for index, (reason, span) in enumerate(report.elapsed_by_reason.items()):
        column, row = index % 3, index // 3
        x, y = LEFT + column * 300, AXIS + 42 + row * 26
        yield rect(
            x, y - 11, 14, 14, rx=3, fill=FILL_COLOURS[reason], stroke="#9aa5b1", stroke_width=0.5
        )
        yield _text(x + 21, y, f"{REASON_LABELS[reason]} {format_duration(span)}")


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str | None = "5 4"
) -> Element:
    return line(x1, y1, x2, y2, colour, stroke_dasharray=dashes)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: Anchor = "start",
    fill: str = INK,
) -> Element:
    return text(x, y, words, font_size=size, font_weight=weight, anchor=anchor, fill=fill)
