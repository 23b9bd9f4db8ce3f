"""The chart of half a year: tickets opened, and the share of promises met. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from sla.rendering.charts.data import MonthOfTickets
from sla.rendering.charts.drawing import (
    DARK,
    GOOD,
    INK,
    LIGHT,
    Box,
    Dot,
    Drawing,
    Label,
    Line,
    Shape,
    round_up,
)
from sla.rendering.notation import Formats
from sla.rendering.words import Words

WIDTH, HEIGHT = 480.0, 160.0
LEFT, RIGHT, TOP, BOTTOM = 28.0, 32.0, 22.0, 18.0


def trend_chart(months: Sequence[MonthOfTickets], formats: Formats) -> Drawing:
    """Bars: tickets opened. Solid line: raw compliance; dashed line: adjusted compliance."""
    top = round_up(max((one.opened for one in months), default=1))
    shapes = (
        *_frame(top),
        *_key(formats.words),
        *_bars(months, top, formats),
        *_lines(months, formats),
    )
    description = " ".join(_describe(one, formats) for one in months)
    return Drawing("trend", formats.words("chart_trend"), description, WIDTH, HEIGHT, shapes)


def _describe(one: MonthOfTickets, formats: Formats) -> str:
    return formats.words(
        "chart_trend_row",
        month=formats.month(_first_day(one)),
        tickets=formats.words.counted("ticket", one.opened),
        raw=formats.rounded_share(one.compliance.raw),
        adjusted=formats.rounded_share(one.compliance.adjusted),
    )


def _first_day(one: MonthOfTickets) -> date:
    return date.fromisoformat(f"{one.month}-01")


def _frame(top: float) -> Iterator[Shape]:
    for part in (0.0, 0.5, 1.0):
        y = _y(part)
        yield Line(((LEFT, y), (WIDTH - RIGHT, y)))
        if part * top == int(part * top):
            yield Label(LEFT - 4, y + 3, f"{part * top:g}", 7, "end")
        yield Label(WIDTH - RIGHT + 4, y + 3, f"{part:.0%}".replace("%", " %"), 7)


def _key(words: Words) -> Iterator[Shape]:
    yield Box(LEFT, 4, 8, 8, LIGHT, INK)
    yield Label(LEFT + 12, 11, words("chart_opened_tickets"))
    yield Line(((LEFT + 90, 8), (LEFT + 112, 8)), DARK, 2)
    yield Label(LEFT + 116, 11, words("chart_met_raw"))
    yield Line(((LEFT + 170, 8), (LEFT + 192, 8)), GOOD, 2, dashed=True)
    yield Label(LEFT + 196, 11, words("chart_met_adjusted"))


def _bars(months: Sequence[MonthOfTickets], top: float, formats: Formats) -> Iterator[Shape]:
    for index, one in enumerate(months):
        x = _x(index, len(months))
        y = _y(one.opened / top)
        if one.opened:
            yield Box(x - 16, y, 32, HEIGHT - BOTTOM - y, LIGHT, INK)
        yield Label(x, HEIGHT - 6, formats.short_month(_first_day(one)), 7.5, "middle")


def _lines(months: Sequence[MonthOfTickets], formats: Formats) -> Iterator[Shape]:
    raw = [(i, one.compliance.raw) for i, one in enumerate(months)]
    adjusted = [(i, one.compliance.adjusted) for i, one in enumerate(months)]
    for series, stroke, dashed in ((adjusted, GOOD, True), (raw, DARK, False)):
        points = tuple((_x(i, len(months)), _y(share)) for i, share in series if share is not None)
        if len(points) > 1:
            yield Line(points, stroke, 2, dashed)
        yield from (Dot(x, y, 2.5, stroke, stroke) for x, y in points)
    for index, share in raw:
        if share is not None:
            # Below the point, where the other line never is, unless there is no room.
            y = _y(share) + (12 if share > 0.15 else -6)
            text = formats.rounded_share(share)
            yield Box(_x(index, len(months)) - 14, y - 7, 28, 9, "#ffffff")
            yield Label(_x(index, len(months)), y, text, 7.5, "middle", True)


def _x(index: int, count: int) -> float:
    return LEFT + (index + 0.5) * (WIDTH - LEFT - RIGHT) / max(count, 1)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
