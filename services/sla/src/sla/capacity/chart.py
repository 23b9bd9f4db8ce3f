"""Usage as a picture: the days' peaks, the line through them, the limit, and where they meet. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from sla.capacity.domain.forecast import Outlook, Peak
from sla.capacity.domain.series import Limit, Series
from sla.rendering.svg import Element, Picture, line, polyline, text

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 48, 36
SHOWN = 90
"""Days of the past that are drawn."""


class _Paper:
    """From days and figures to places on the picture."""

    def __init__(self, first: date, last: date, low: float, high: float) -> None:
        self._first, self._days = first, max((last - first).days, 1)
        room = (high - low) * 0.08 or 1.0
        self.low, self.high = low - room, high + room

    def x(self, day: date) -> float:
        share = (day - self._first).days / self._days
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def drawn(
    about: Series, peaks: Sequence[Peak], limit: Limit, made: Outlook | None, today: date
) -> str:
    """An SVG document, legible in grey too."""
    past = [peak for peak in peaks if peak.day > today - timedelta(days=SHOWN)]
    last = max(today + timedelta(days=max(limit.plan_ahead.days, 14)), today)
    first = past[0].day if past else today - timedelta(days=SHOWN)
    values = [peak.value for peak in past] or [0.0]
    paper = _Paper(first, last, min(*values, limit.limit), max(*values, limit.limit))
    picture = Picture(
        f"usage of {about.key}",
        about.name,
        WIDTH,
        HEIGHT,
        description=sentence(about, made),
        font_size=12,
        ground="#fff",
    )
    return picture.drawn(
        [
            text(LEFT, 18, picture.title, font_size=14, font_weight="600"),
            text(LEFT, 36, picture.description, fill="#444"),
            *_days(paper, first, today, last),
            *_limit(paper, about, limit),
            _usage(paper, past),
            *_line(paper, made, today, last),
        ]
    )


def sentence(about: Series, made: Outlook | None) -> str:
    """What the picture says, in words."""
    if made is None:
        return "Fewer than two weeks of figures: too early to say."
    if made.limit_status == "reached":
        return f"The limit is reached: {made.current:.4g} {about.unit}."
    if made.expected is None:
        return f"Now {made.current:.4g} {about.unit}; the limit is not in sight."
    words = f"Now {made.current:.4g} {about.unit}; the limit is expected on {made.expected}"
    if made.earliest and made.latest:
        words += f", between {made.earliest} and {made.latest}"
    return f"{words}."


def _days(paper: _Paper, first: date, today: date, last: date) -> list[Element]:
    foot, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    x = paper.x(today)
    return [
        line(LEFT, foot, right, foot, "#888"),
        line(x, TOP, x, foot, "#bbb"),
        text(LEFT, foot + 16, str(first), fill="#444"),
        text(x, foot + 30, "today", anchor="middle", fill="#444"),
        text(right, foot + 16, str(last), anchor="end", fill="#444"),
    ]


def _limit(paper: _Paper, about: Series, limit: Limit) -> list[Element]:
    y = paper.y(limit.limit)
    return [
        line(LEFT, y, WIDTH - RIGHT, y, "#b00020", stroke_width=1.5),
        text(LEFT - 6, y + 4, f"{limit.limit:g} {about.unit}", anchor="end", fill="#b00020"),
    ]


def _usage(paper: _Paper, past: Sequence[Peak]) -> Element:
    points = ((paper.x(peak.day), paper.y(peak.value)) for peak in past)
    return polyline(points, "#1f4e79", stroke_width=2)


def _line(paper: _Paper, made: Outlook | None, today: date, last: date) -> list[Element]:
    if made is None:
        return []
    end = made.expected if made.expected and today < made.expected < last else last
    ahead = made.current + made.per_day * (end - today).days
    reach = min(max(ahead, paper.low), paper.high)
    start, stop = (paper.x(today), paper.y(made.current)), (paper.x(end), paper.y(reach))
    return [line(*start, *stop, "#1f4e79", stroke_width=2, stroke_dasharray="6 4")]
