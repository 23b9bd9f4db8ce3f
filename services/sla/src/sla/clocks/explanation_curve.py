"""How the counted time of a clock rose, cycle by cycle, below the target of the time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from common.wording import format_duration
from sla.clocks.domain.clock import ZERO
from sla.clocks.domain.explanation import Interval
from sla.clocks.domain.explanation_report import ExplanationReport
from sla.clocks.explanation_theme import Theme
from sla.rendering.svg import Element, element, format_points, line, polyline, rect, text

WIDTH, LEFT, RIGHT = 1000, 70, 30
TOP, FLOOR = 120, 280
AFTER_STOP = 0.06
"""How far the picture goes on after a stop, as a share of the time before it."""
HALF_STROKE = 1.5
"""A curve that lies on the target, which is in time (C5), is not late by half of its breadth."""
MINUTE = timedelta(minutes=1)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Convert instants and counted time to coordinates; `intervals` are those that are drawn."""

    start: datetime
    end: datetime
    max_counted: timedelta
    intervals: Sequence[Interval]

    @classmethod
    def of(cls, report: ExplanationReport) -> "Scale":
        start, end = report.clock.opened_at, _end_of_picture(report)
        intervals = [
            replace(one, end=min(one.end, end)) for one in report.intervals if one.start < end
        ]
        counted = [
            sum((one.counted for one in each), ZERO) for each in cycles_of(report, intervals)
        ]
        targets = [one.target for one in report.story.targets if one.target is not None]
        return cls(start, end, max(*counted, *targets, MINUTE) * 1.08, intervals)

    def x(self, at: datetime) -> float:
        share = (min(max(at, self.start), self.end) - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, counted: timedelta) -> float:
        return round(FLOOR - counted / self.max_counted * (FLOOR - TOP), 1)


def _end_of_picture(report: ExplanationReport) -> datetime:
    """Soon after a stop; of an open clock now, or its deadline if that is later."""
    clock, start = report.clock, report.clock.opened_at
    if clock.stopped_at is not None and report.snapshot.state in ("stopped", "cancelled"):
        return clock.stopped_at + max((clock.stopped_at - start) * AFTER_STOP, MINUTE)
    return max(report.as_of, clock.deadline or report.as_of, start + MINUTE)


def cycles_of(report: ExplanationReport, intervals: Sequence[Interval]) -> Iterator[list[Interval]]:
    """The intervals of each cycle, in which the counted time begins at zero (C1)."""
    for start, end in report.cycle_spans():
        yield [one for one in intervals if start <= one.start < end]
    if not report.cycle_spans():
        yield []


def draw_curve(
    report: ExplanationReport, scale: Scale, late: str, theme: Theme
) -> Iterator[Element]:
    """Draw the counted time, what is above the target of the time in the colour of lateness."""
    fill = theme.fills["counted"]
    curves = [_points(scale, one) for one in cycles_of(report, scale.intervals) if one]
    for points in curves:
        area = format_points([*points, (points[-1][0], FLOOR)])
        yield element("polygon", points=area, fill=fill, opacity=0.12)
        yield polyline(points, fill, stroke_width=2.5, stroke_linejoin="round")
    yield element("clipPath", *_above_targets(report, scale), id=late)
    for points in curves:
        clip = f"url(#{late})"
        yield polyline(points, theme.late, stroke_width=3, stroke_linejoin="round", clip_path=clip)
    yield line(LEFT, TOP - 16, LEFT, FLOOR, theme.line)
    yield text(LEFT - 8, FLOOR, "0", anchor="end", fill=theme.soft)


def _points(scale: Scale, intervals: Sequence[Interval]) -> list[Point]:
    counted, points = ZERO, [(scale.x(intervals[0].start), float(FLOOR))]
    for one in intervals:
        counted += one.counted
        points.append((scale.x(one.end), scale.y(counted)))
    return points


def _target_spans(
    report: ExplanationReport, scale: Scale
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The targets that held, each with its time within the picture."""
    steps = report.story.targets
    ends = [*(later.start for _, later in pairwise(steps)), scale.end]
    for step, end in zip(steps, ends, strict=True):
        if step.target is not None and step.start < min(end, scale.end):
            yield step.start, min(end, scale.end), step.target


def _above_targets(report: ExplanationReport, scale: Scale) -> Iterator[Element]:
    for start, end, target in _target_spans(report, scale):
        left, right = scale.x(start), scale.x(end)
        yield rect(left, TOP - 16, right - left, scale.y(target) - TOP + 16 - HALF_STROKE)


def draw_targets(report: ExplanationReport, scale: Scale, theme: Theme) -> Iterator[Element]:
    """Draw what was promised as steps, with a label at each."""
    before: Point | None = None
    for start, end, target in _target_spans(report, scale):
        left, right, y = scale.x(start), scale.x(end), scale.y(target)
        if before is not None and before[0] == left:
            yield line(left, before[1], left, y, theme.soft, stroke_dasharray="5 4")
        yield line(left, y, right, y, theme.soft, stroke_dasharray="5 4")
        label = format_duration(target)
        if before is None and left == LEFT:
            yield text(LEFT - 8, y + 4, label, anchor="end", fill=theme.soft)
        else:
            yield text(left + 5, y - 6, label, fill=theme.soft)
        before = (right, y)
