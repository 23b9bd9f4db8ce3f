"""The chart of compliance by metric or customer, raw and adjusted (R2). Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.charts.data import NamedCompliance
from sla.rendering.charts.drawing import (
    ALARM,
    DARK,
    INK,
    LIGHT,
    PALE,
    Box,
    Drawing,
    Label,
    Shape,
    shorten,
)
from sla.rendering.notation import Formats
from sla.rendering.words import Words

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 118.0, 150.0, 22.0, 22.0


def compliance_chart(
    parts: Sequence[NamedCompliance], formats: Formats, name: str = "compliance", title: str = ""
) -> Drawing:
    """A bar per part. Dark: met. Light: waived. Pale: breached."""
    words = formats.words
    rows = [
        shape
        for index, part in enumerate(parts)
        for shape in _row(part, TOP + index * ROW, formats)
    ]
    description = " ".join(
        words(
            "chart_compliance_row",
            name=part.name,
            met=part.compliance.met,
            total=part.compliance.total,
            waived=part.compliance.waived,
            breached=part.compliance.breached,
        )
        for part in parts
    )
    height = TOP + len(parts) * ROW + 2
    shapes = (*_key(words), *rows)
    return Drawing(name, title or words("chart_compliance"), description, WIDTH, height, shapes)


def _key(words: Words) -> Iterator[Shape]:
    for x, fill, name in ((0.0, DARK, "met"), (66.0, LIGHT, "waived"), (132.0, PALE, "breached")):
        yield Box(LEFT + x, 4, 8, 8, fill, INK)
        yield Label(LEFT + x + 12, 11, words(f"chart_{name}"))


def _row(part: NamedCompliance, y: float, formats: Formats) -> Iterator[Shape]:
    counted = part.compliance
    full = WIDTH - LEFT - RIGHT
    met, waived = (
        (counted.met / counted.total, counted.waived / counted.total)
        if counted.total
        else (0.0, 0.0)
    )
    yield Label(LEFT - 6, y + 12, shorten(part.name), 8, "end")
    yield Box(LEFT, y + 2, full, 14, PALE, INK)
    if met:
        yield Box(LEFT, y + 2, full * met, 14, DARK, INK)
    if waived:
        yield Box(LEFT + full * met, y + 2, full * waived, 14, LIGHT, INK)
    raw, adjusted = formats.rounded_share(counted.raw), formats.rounded_share(counted.adjusted)
    text = formats.words("chart_adjusted", raw=raw, adjusted=adjusted)
    fill = ALARM if counted.breached else INK
    yield Label(WIDTH - RIGHT + 6, y + 12, text, 8, "start", True, fill)
