"""Usage as a picture: the days' peaks, the line through them, the limit, and where they meet. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from sla.capacity.domain.forecast import Outlook, Peak
from sla.capacity.domain.series import Limit, Series

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
    parts = [
        *_frame(about, made),
        *_days(paper, first, today, last),
        _limit(paper, about, limit),
        _usage(paper, past),
        *_line(paper, made, today, last),
    ]
    return "\n".join(parts) + "\n</svg>\n"


def sentence(about: Series, made: Outlook | None) -> str:
    """What the picture says, in words."""
    if made is None:
        return "Fewer than two weeks of figures: too early to say."
    if made.standing == "reached":
        return f"The limit is reached: {made.current:.4g} {about.unit}."
    if made.expected is None:
        return f"Now {made.current:.4g} {about.unit}; the limit is not in sight."
    said = f"Now {made.current:.4g} {about.unit}; the limit is expected on {made.expected}"
    if made.earliest and made.latest:
        said += f", between {made.earliest} and {made.latest}"
    return f"{said}."


def _frame(about: Series, made: Outlook | None) -> list[str]:
    title, said = escape(about.name), escape(sentence(about, made))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    return [
        svg + ' font-family="system-ui, sans-serif" font-size="12" aria-labelledby="t d">',
        f'<title id="t">{title}</title><desc id="d">{said}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-size="14" font-weight="600">{title}</text>',
        f'<text x="{LEFT}" y="36" fill="#444">{said}</text>',
    ]


def _days(paper: _Paper, first: date, today: date, last: date) -> list[str]:
    foot = HEIGHT - BOTTOM
    x = paper.x(today)
    return [
        f'<line x1="{LEFT}" y1="{foot}" x2="{WIDTH - RIGHT}" y2="{foot}" stroke="#888"/>',
        f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{foot}" stroke="#bbb"/>',
        f'<text x="{LEFT}" y="{foot + 16}" fill="#444">{first}</text>',
        f'<text x="{x:.1f}" y="{foot + 30}" text-anchor="middle" fill="#444">today</text>',
        f'<text x="{WIDTH - RIGHT}" y="{foot + 16}" text-anchor="end" fill="#444">{last}</text>',
    ]


def _limit(paper: _Paper, about: Series, limit: Limit) -> str:
    y, said = paper.y(limit.limit), escape(f"{limit.limit:g} {about.unit}")
    return (
        f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#b00020"'
        f' stroke-width="1.5"/><text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end"'
        f' fill="#b00020">{said}</text>'
    )


def _usage(paper: _Paper, past: Sequence[Peak]) -> str:
    points = " ".join(f"{paper.x(peak.day):.1f},{paper.y(peak.value):.1f}" for peak in past)
    return f'<polyline points="{points}" fill="none" stroke="#1f4e79" stroke-width="2"/>'


def _line(paper: _Paper, made: Outlook | None, today: date, last: date) -> list[str]:
    if made is None:
        return []
    end = made.expected if made.expected and today < made.expected < last else last
    ahead = made.current + made.per_day * (end - today).days
    reach = min(max(ahead, paper.low), paper.high)
    start = f'x1="{paper.x(today):.1f}" y1="{paper.y(made.current):.1f}"'
    stop = f'x2="{paper.x(end):.1f}" y2="{paper.y(reach):.1f}"'
    return [f'<line {start} {stop} stroke="#1f4e79" stroke-width="2" stroke-dasharray="6 4"/>']
