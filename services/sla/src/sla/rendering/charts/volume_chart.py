"""The chart of tickets opened and resolved by day. Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.charts.data import DayOfTickets
from sla.rendering.charts.drawing import (
    DARK,
    INK,
    LIGHT,
    Box,
    Drawing,
    Label,
    Line,
    Shape,
    round_up,
)
from sla.rendering.notation import Formats
from sla.rendering.words import Words

WIDTH, HEIGHT = 480.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 28.0, 6.0, 22.0, 16.0
SATURDAY = 5


def volume_chart(days: Sequence[DayOfTickets], formats: Formats) -> Drawing:
    """Two bars per day: a dark one for tickets opened, a light one for tickets resolved."""
    top = round_up(max((max(d.opened, d.resolved) for d in days), default=1))
    shapes = (*_frame(top), *_key(formats.words), *_bars(days, top))
    description = " ".join(_sentences(days, formats))
    title = formats.words("chart_volume")
    return Drawing("volume", title, description, WIDTH, HEIGHT, shapes)


def _sentences(days: Sequence[DayOfTickets], formats: Formats) -> Iterator[str]:
    words = formats.words
    yield words(
        "chart_volume_text",
        opened=sum(one.opened for one in days),
        resolved=sum(one.resolved for one in days),
        days=words.counted("day", len(days)),
    )
    busiest = max(days, key=lambda day: day.opened, default=None)
    if busiest is not None and busiest.opened:
        yield words("chart_volume_busiest", day=formats.day(busiest.day), count=busiest.opened)


def _frame(top: float) -> Iterator[Shape]:
    for part in (0.0, 0.5, 1.0):
        y = _y(part * top, top)
        yield Line(((LEFT, y), (WIDTH - RIGHT, y)))
        if part * top == int(part * top):
            yield Label(LEFT - 4, y + 3, f"{part * top:g}", 7, "end")


def _key(words: Words) -> Iterator[Shape]:
    yield Box(LEFT, 4, 8, 8, DARK)
    yield Label(LEFT + 12, 11, words("chart_opened"))
    yield Box(LEFT + 56, 4, 8, 8, LIGHT, INK)
    yield Label(LEFT + 68, 11, words("chart_resolved"))


def _bars(days: Sequence[DayOfTickets], top: float) -> Iterator[Shape]:
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    width = step * 0.36
    for index, day in enumerate(days):
        x = LEFT + index * step + step * 0.12
        if day.opened:
            y = _y(day.opened, top)
            yield Box(x, y, width, HEIGHT - BOTTOM - y, DARK)
        if day.resolved:
            y = _y(day.resolved, top)
            yield Box(x + width + 1, y, width, HEIGHT - BOTTOM - y, LIGHT, INK)
        is_weekend = day.day.weekday() >= SATURDAY
        yield Label(x + width, HEIGHT - 5, str(day.day.day), 6.5, "middle", not is_weekend)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
