"""Availability, day by day: a strip per service or environment, dark where it was down. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from sla.rendering import figures
from sla.rendering.charts.data import Uptime
from sla.rendering.charts.drawing import ALARM, INK, PALE, Box, Drawing, Label, Shape

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 110.0, 64.0, 14.0, 20.0
DAY = 86_400
LEAST = 2.0
"""Points: a minute of downtime can be seen."""
LONGEST = 18


def availability_chart(uptimes: Sequence[Uptime], days: Sequence[date]) -> Drawing:
    """The lower part of a day's box is dark for the share of the day that was down."""
    rows = [
        shape for index, one in enumerate(uptimes) for shape in _row(one, days, TOP + index * ROW)
    ]
    description = " ".join(
        f"{one.subject}: {figures.format_uptime(one.availability)} available,"
        f" down for {figures.format_duration(one.down_seconds)}"
        f" on {figures.pluralise(sum(1 for _, s in one.down if s), 'day')}."
        for one in uptimes
    )
    height = TOP + len(uptimes) * ROW + 4
    shapes = (*_dates(days), *rows)
    return Drawing("availability", "Availability per day", description, WIDTH, height, shapes)


def _dates(days: Sequence[date]) -> Iterator[Shape]:
    for index, day in enumerate(days):
        if day.day == 1 or day.day % 5 == 0:
            x, wide = _column(index, len(days))
            yield Label(x + wide / 2, TOP - 4, str(day.day), 7, "middle")


def _row(one: Uptime, days: Sequence[date], y: float) -> Iterator[Shape]:
    down = dict(one.down)
    yield Label(LEFT - 6, y + 11, _short(one.subject), 8, "end")
    for index, day in enumerate(days):
        x, wide = _column(index, len(days))
        yield Box(x, y, wide - 1, 15, PALE, INK)
        if seconds := down.get(day, 0):
            high = max(LEAST, 15 * min(seconds / DAY, 1.0))
            yield Box(x, y + 15 - high, wide - 1, high, ALARM, INK)
    yield Label(
        WIDTH - RIGHT + 6, y + 11, figures.format_uptime(one.availability), 8, "start", True
    )


def _column(index: int, count: int) -> tuple[float, float]:
    wide = (WIDTH - LEFT - RIGHT) / max(count, 1)
    return LEFT + index * wide, wide


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
