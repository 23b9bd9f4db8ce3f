"""A clock's story as a time line (SVG): how counted time rose, and why it did not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.wording import format_duration
from sla.clocks.domain.clock import BREACH, ZERO
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.explanation_report import WORDS, Story
from sla.rendering.svg import (
    Anchor,
    Element,
    Picture,
    circle,
    element,
    line,
    listed,
    path,
    polyline,
    rect,
    text,
)

WIDTH, HEIGHT, LEFT, RIGHT = 1000, 430, 70, 30
TOP, FLOOR, STRIP, AXIS = 120, 280, 22, 326
INK, SOFT, RED = "#1f2933", "#52606d", "#c0262d"
FILL: dict[Reason, str] = {
    "counted": "#0b7a75",
    "closed_hours": "#dfe4ea",
    "holiday": "#b9a5dd",
    "break": "#c7d0d9",
    "maintenance": "#8fb3d9",
    "waiting_on_customer": "#f2b84b",
    "stopped": "#f3f5f7",
}
MOST_DAYS = 9
"""Of an axis; longer ones name every second, third, ... day."""


def picture(story: Story) -> str:
    """An SVG document of 1000 x 430, legible without colours by its titles and legend."""
    scale = _Scale.of(story)
    shown = Picture(
        f"clock of {story.heading}",
        f"{story.heading}. {story.verdict}.",
        WIDTH,
        HEIGHT,
        font_size=13,
        fill=INK,
        ground="#fff",
    )
    return shown.drawn(
        [
            *_head(story),
            *_strip(story, scale),
            *_curve(story, scale, shown.id("late")),
            *_marks(story, scale),
            *_days(story, scale),
            *_legend(story),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From instants and counted time to places."""

    start: datetime
    end: datetime
    most: timedelta

    @classmethod
    def of(cls, story: Story) -> "_Scale":
        start, deadline = story.clock.opened_at, story.standing.deadline
        end = max(story.as_of, deadline or story.as_of, start + timedelta(minutes=1))
        counted = sum((one.counted for one in story.intervals), ZERO)
        most = max(counted, story.clock.terms.target or ZERO, timedelta(minutes=1))
        return cls(start, end, most * 1.08)

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, counted: timedelta) -> float:
        return round(FLOOR - counted / self.most * (FLOOR - TOP), 1)


def _head(story: Story) -> Iterator[Element]:
    colour = RED if story.standing.breached else INK
    yield _text(LEFT, 34, story.heading, size=18, weight=600)
    yield _text(LEFT, 58, story.verdict, fill=colour, weight=600)
    yield _text(LEFT, 78, story.promise, fill=SOFT)


def _strip(story: Story, scale: _Scale) -> Iterator[Element]:
    for one in story.intervals:
        start, end = scale.x(one.start), scale.x(one.end)
        if end - start >= 0.2:
            yield rect(
                start, FLOOR, end - start, STRIP, fill=FILL[one.why], title=_title_of(story, one)
            )


def _title_of(story: Story, one: Interval) -> str:
    name = f" ({one.name})" if one.name else ""
    span = f"{story.day_and_time(one.start)} - {story.day_and_time(one.end)}"
    return f"{WORDS[one.why]}{name}: {span}, {format_duration(one.counted)} counted"


def _curve(story: Story, scale: _Scale, late: str) -> Iterator[Element]:
    counted, points = ZERO, [(float(LEFT), float(FLOOR))]
    for one in story.intervals:
        counted += one.counted
        points.append((scale.x(one.end), scale.y(counted)))
    under = listed([*points, (points[-1][0], FLOOR)])
    yield element("polygon", points=under, fill=FILL["counted"], opacity=0.12)
    yield polyline(points, FILL["counted"], stroke_width=2.5, stroke_linejoin="round")
    if story.clock.terms.target is not None:
        too_much = scale.y(story.clock.terms.target) - TOP + 16
        yield element("clipPath", rect(0, TOP - 16, WIDTH, too_much), id=late)
        clip = f"url(#{late})"
        yield polyline(points, RED, stroke_width=3, stroke_linejoin="round", clip_path=clip)
    yield line(LEFT, TOP - 16, LEFT, FLOOR, "#cbd2d9")
    yield _text(LEFT - 8, FLOOR, "0", anchor="end", fill=SOFT)


def _marks(story: Story, scale: _Scale) -> Iterator[Element]:
    target, deadline = story.clock.terms.target, story.standing.deadline
    if target is not None:
        y = scale.y(target)
        yield _line(LEFT, y, WIDTH - RIGHT, y, SOFT)
        yield _text(LEFT - 8, y + 4, format_duration(target), anchor="end", fill=SOFT)
    for firing in story.firings:
        if firing.kind != BREACH:
            x = scale.x(firing.due_at)
            words = f"{firing.kind}: {story.day_and_time(firing.due_at)}"
            yield circle(
                x, FLOOR + STRIP / 2, 4.5, fill="#fff", stroke=INK, stroke_width=1.5, title=words
            )
    for turn in story.turns:
        x = scale.x(turn.at)
        words = f"{turn.words}: {story.day_and_time(turn.at)}"
        yield path(f"M{x} {FLOOR - 9}l6 9h-12z", fill=INK, title=words)
    if deadline is not None:
        x = scale.x(max(deadline, scale.start))
        colour = RED if story.standing.breached else INK
        yield _line(x, TOP - 16, x, FLOOR + STRIP, colour)
        right = x > WIDTH / 2
        words = f"deadline {story.day_and_time(deadline)}"
        beside = x - 7 if right else x + 7
        yield _text(beside, TOP - 8, words, anchor="end" if right else "start", fill=colour)


def _days(story: Story, scale: _Scale) -> Iterator[Element]:
    """Midnights of the reader's zone; of one day alone, the hours of its ends."""
    yield _text(LEFT, AXIS, story.day_and_time(story.clock.opened_at), fill=SOFT)
    first = story.clock.opened_at.astimezone(story.zone).date()
    number = (scale.end.astimezone(story.zone).date() - first).days
    every = max(1, -(-number // MOST_DAYS))
    for day in range(every, number + 1, every):
        date = first + timedelta(days=day)
        at = datetime(date.year, date.month, date.day, tzinfo=story.zone)
        x = scale.x(at)
        yield _line(x, FLOOR, x, FLOOR + STRIP + 6, "#9aa5b1", dashes=None)
        if x - LEFT > 150:  # room for the opening's own words
            yield _text(x, AXIS, f"{date:%a} {date.day} {date:%b}", anchor="middle", fill=SOFT)


def _legend(story: Story) -> Iterator[Element]:
    for index, (why, span) in enumerate(story.sums.items()):
        column, row = index % 3, index // 3
        x, y = LEFT + column * 300, AXIS + 42 + row * 26
        yield rect(x, y - 11, 14, 14, rx=3, fill=FILL[why], stroke="#9aa5b1", stroke_width=0.5)
        yield _text(x + 21, y, f"{WORDS[why]} {format_duration(span)}")


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
