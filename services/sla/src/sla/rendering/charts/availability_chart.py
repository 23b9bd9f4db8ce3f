"""The chart of availability by day: a row per subject, dark where it was down. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from sla.rendering.charts.data import Uptime
from sla.rendering.charts.drawing import ALARM, INK, PALE, Box, Drawing, Label, Shape, shorten
from sla.rendering.notation import Formats

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 118.0, 64.0, 14.0, 20.0
DAY = 86_400
MIN_HEIGHT = 2.0
"""In points, so that a minute of downtime is visible."""


def availability_chart(
    uptimes: Sequence[Uptime], days: Sequence[date], formats: Formats
) -> Drawing:
    """A box per day. Its lower part is dark, for the share of the day that was down."""
    rows = [
        shape
        for index, one in enumerate(uptimes)
        for shape in _row(one, days, TOP + index * ROW, formats)
    ]
    description = " ".join(_describe(one, formats) for one in uptimes)
    height = TOP + len(uptimes) * ROW + 4
    shapes = (*_dates(days), *rows)
    return Drawing(
        "availability", formats.words("chart_availability"), description, WIDTH, height, shapes
    )


def _describe(one: Uptime, formats: Formats) -> str:
    return formats.words(
        "chart_availability_row",
        subject=one.subject,
        share=formats.uptime(one.availability),
        down=formats.duration(one.down_seconds),
        days=formats.words.counted("day", sum(1 for _, seconds in one.down if seconds)),
    )


def _dates(days: Sequence[date]) -> Iterator[Shape]:
    for index, day in enumerate(days):
        if day.day == 1 or day.day % 5 == 0:
            x, width = _column(index, len(days))
            yield Label(x + width / 2, TOP - 4, str(day.day), 7, "middle")


def _row(one: Uptime, days: Sequence[date], y: float, formats: Formats) -> Iterator[Shape]:
    down = dict(one.down)
    yield Label(LEFT - 6, y + 11, shorten(one.subject), 8, "end")
    for index, day in enumerate(days):
        x, width = _column(index, len(days))
        yield Box(x, y, width - 1, 15, PALE, INK)
        if seconds := down.get(day, 0):
            height_down = max(MIN_HEIGHT, 15 * min(seconds / DAY, 1.0))
            yield Box(x, y + 15 - height_down, width - 1, height_down, ALARM, INK)
    share = formats.uptime(one.availability)
    yield Label(WIDTH - RIGHT + 6, y + 11, share, 8, "start", True)


def _column(index: int, count: int) -> tuple[float, float]:
    width = (WIDTH - LEFT - RIGHT) / max(count, 1)
    return LEFT + index * width, width
