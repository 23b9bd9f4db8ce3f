"""The chart of compliance by metric or customer, raw and adjusted (R2). Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering import figures
from sla.rendering.charts.data import NamedCompliance
from sla.rendering.charts.drawing import ALARM, DARK, INK, LIGHT, PALE, Box, Drawing, Label, Shape

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 110.0, 130.0, 22.0, 22.0
MAX_NAME_CHARS = 18


def compliance_chart(
    parts: Sequence[NamedCompliance], name: str = "compliance", title: str = "Promises met"
) -> Drawing:
    """A bar per part. Dark: met. Light: waived. Pale: breached."""
    rows = [shape for index, part in enumerate(parts) for shape in _row(part, TOP + index * ROW)]
    description = " ".join(
        f"{part.name}: {part.compliance.met} of {part.compliance.total} met,"
        f" {part.compliance.waived} waived, {part.compliance.breached} breached."
        for part in parts
    )
    return Drawing(name, title, description, WIDTH, TOP + len(parts) * ROW + 2, (*_key(), *rows))


def _key() -> Iterator[Shape]:
    for x, fill, text in (
        (0.0, DARK, "met"),
        (46.0, LIGHT, "waived"),
        (104.0, PALE, "breached"),
    ):
        yield Box(LEFT + x, 4, 8, 8, fill, INK)
        yield Label(LEFT + x + 12, 11, text)


def _row(part: NamedCompliance, y: float) -> Iterator[Shape]:
    counted = part.compliance
    full = WIDTH - LEFT - RIGHT
    met, waived = (
        (counted.met / counted.total, counted.waived / counted.total)
        if counted.total
        else (0.0, 0.0)
    )
    yield Label(LEFT - 6, y + 12, _short(part.name), 8, "end")
    yield Box(LEFT, y + 2, full, 14, PALE, INK)
    if met:
        yield Box(LEFT, y + 2, full * met, 14, DARK, INK)
    if waived:
        yield Box(LEFT + full * met, y + 2, full * waived, 14, LIGHT, INK)
    text = (
        f"{figures.format_share(counted.raw)}  ({figures.format_share(counted.adjusted)} adjusted)"
    )
    fill = ALARM if counted.breached else INK
    yield Label(WIDTH - RIGHT + 6, y + 12, text, 8, "start", True, fill)


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME_CHARS else name[: MAX_NAME_CHARS - 1] + "…"
