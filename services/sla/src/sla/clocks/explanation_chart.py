"""A clock's story as a time line (SVG): how counted time rose, and why it did not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from sla.clocks.domain.clock import BREACH, ZERO
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.explanation_report import WORDS, Story, lasting

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
    parts = [
        *_head(story),
        *_strip(story, scale),
        *_curve(story, scale),
        *_marks(story, scale),
        *_days(story, scale),
        *_legend(story),
    ]
    said = escape(f"{story.heading}. {story.verdict}.")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}"><title>{said}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>'
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


def _head(story: Story) -> Iterator[str]:
    colour = RED if story.standing.breached else INK
    yield _text(LEFT, 34, story.heading, size=18, weight=600)
    yield _text(LEFT, 58, story.verdict, fill=colour, weight=600)
    yield _text(LEFT, 78, story.promise, fill=SOFT)


def _strip(story: Story, scale: _Scale) -> Iterator[str]:
    for one in story.intervals:
        start, end = scale.x(one.start), scale.x(one.end)
        if end - start >= 0.2:
            yield (
                f'<rect x="{start}" y="{FLOOR}" width="{round(end - start, 1)}" height="{STRIP}"'
                f' fill="{FILL[one.why]}"><title>{escape(_told(story, one))}</title></rect>'
            )


def _told(story: Story, one: Interval) -> str:
    name = f" ({one.name})" if one.name else ""
    span = f"{story.day_and_time(one.start)} - {story.day_and_time(one.end)}"
    return f"{WORDS[one.why]}{name}: {span}, {lasting(one.counted)} counted"


def _curve(story: Story, scale: _Scale) -> Iterator[str]:
    counted, points = ZERO, [f"{LEFT},{FLOOR}"]
    for one in story.intervals:
        counted += one.counted
        points.append(f"{scale.x(one.end)},{scale.y(counted)}")
    path, last = " ".join(points), points[-1].partition(",")[0]
    yield f'<polygon points="{path} {last},{FLOOR}" fill="{FILL["counted"]}" opacity="0.12"/>'
    yield (
        f'<polyline points="{path}" fill="none" stroke="{FILL["counted"]}" stroke-width="2.5"'
        ' stroke-linejoin="round"/>'
    )
    if story.clock.terms.target is not None:
        too_much = scale.y(story.clock.terms.target) - TOP + 16
        yield f'<clipPath id="late"><rect x="0" y="{TOP - 16}" width="{WIDTH}" height="{too_much}"/>'
        yield f'</clipPath><polyline points="{path}" fill="none" stroke="{RED}" stroke-width="3"'
        yield ' stroke-linejoin="round" clip-path="url(#late)"/>'
    yield f'<line x1="{LEFT}" y1="{TOP - 16}" x2="{LEFT}" y2="{FLOOR}" stroke="#cbd2d9"/>'
    yield _text(LEFT - 8, FLOOR, "0", anchor="end", fill=SOFT)


def _marks(story: Story, scale: _Scale) -> Iterator[str]:
    target, deadline = story.clock.terms.target, story.standing.deadline
    if target is not None:
        y = scale.y(target)
        yield _line(LEFT, y, WIDTH - RIGHT, y, SOFT)
        yield _text(LEFT - 8, y + 4, lasting(target), anchor="end", fill=SOFT)
    for firing in story.firings:
        if firing.kind != BREACH:
            x = scale.x(firing.due_at)
            yield (
                f'<circle cx="{x}" cy="{FLOOR + STRIP / 2}" r="4.5" fill="#fff" stroke="{INK}"'
                f' stroke-width="1.5"><title>{escape(firing.kind)}:'
                f" {story.day_and_time(firing.due_at)}</title></circle>"
            )
    for turn in story.turns:
        x = scale.x(turn.at)
        yield (
            f'<path d="M{x} {FLOOR - 9}l6 9h-12z" fill="{INK}"><title>{escape(turn.words)}:'
            f" {story.day_and_time(turn.at)}</title></path>"
        )
    if deadline is not None:
        x = scale.x(max(deadline, scale.start))
        colour = RED if story.standing.breached else INK
        yield _line(x, TOP - 16, x, FLOOR + STRIP, colour)
        right = x > WIDTH / 2
        said = f"deadline {story.day_and_time(deadline)}"
        place = x - 7 if right else x + 7
        yield _text(place, TOP - 8, said, anchor="end" if right else "start", fill=colour)


def _days(story: Story, scale: _Scale) -> Iterator[str]:
    """Midnights of the reader's zone; of one day alone, the hours of its ends."""
    yield _text(LEFT, AXIS, story.day_and_time(story.clock.opened_at), fill=SOFT)
    first = story.clock.opened_at.astimezone(story.zone).date()
    number = (scale.end.astimezone(story.zone).date() - first).days
    every = max(1, -(-number // MOST_DAYS))
    for day in range(every, number + 1, every):
        date = first + timedelta(days=day)
        at = datetime(date.year, date.month, date.day, tzinfo=story.zone)
        x = scale.x(at)
        yield _line(x, FLOOR, x, FLOOR + STRIP + 6, "#9aa5b1", dashes="")
        if x - LEFT > 150:  # room for the opening's own words
            yield _text(x, AXIS, f"{date:%a} {date.day} {date:%b}", anchor="middle", fill=SOFT)


def _legend(story: Story) -> Iterator[str]:
    for place, (why, span) in enumerate(story.sums.items()):
        column, row = place % 3, place // 3
        x, y = LEFT + column * 300, AXIS + 42 + row * 26
        yield f'<rect x="{x}" y="{y - 11}" width="14" height="14" rx="3" fill="{FILL[why]}"'
        yield ' stroke="#9aa5b1" stroke-width="0.5"/>'
        yield _text(x + 21, y, f"{WORDS[why]} {lasting(span)}")


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = ' stroke-dasharray="5 4"'
) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"{dashes}/>'


def _text(
    x: float,
    y: float,
    said: str,
    *,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
    fill: str = INK,
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
        f' fill="{fill}">{escape(said)}</text>'
    )
