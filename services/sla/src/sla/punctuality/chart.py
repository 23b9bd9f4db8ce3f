"""The lags of firings as a picture: a histogram over decades of milliseconds. Pure."""

from collections.abc import Iterator, Mapping

from sla.rendering.svg import Anchor, Element, Picture, path, rect, text

WIDTH, HEIGHT = 720, 360
LEFT, TOP, BOTTOM = 64, 64, 300
BLUE, GREY, INK, PALE = "#0b5cad", "#6b7280", "#1f2937", "#e5e7eb"
FIRST, LAST = -4, 31
"""Quarters of decades: from 0.1 ms to beyond ten hours. What is longer stands in the last."""
NAMES = ("0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "10 s", "100 s", "17 min", "2.8 h")


def drawn(counts: Mapping[int, int], title: str) -> str:
    """`counts`: firings per quarter of a decade of their lag in ms; 0 is 1 ms to 1.8 ms."""
    bars: dict[int, int] = {}
    for quarter, count in counts.items():
        shown = min(max(quarter, FIRST), LAST)
        bars[shown] = bars.get(shown, 0) + count
    total = sum(bars.values())
    parts = [*_frame(title), *_bars(bars)]
    if not total:
        parts.append(_text((LEFT + WIDTH) / 2, (TOP + BOTTOM) / 2, "Nothing fired.", GREY, 16))
    return Picture(f"lags of {title}", f"{title}: {total} firings", WIDTH, HEIGHT).drawn(parts)


def _frame(title: str) -> Iterator[Element]:
    yield _text(LEFT, 34, title, INK, 15, anchor="start")
    yield path(f"M{LEFT} {BOTTOM}H{WIDTH - 20}", stroke=GREY)
    for decade, name in enumerate(NAMES):
        x = _x(FIRST + 4 * decade)
        yield path(f"M{x:.1f} {TOP}V{BOTTOM}", stroke=PALE)
        yield _text(x, BOTTOM + 20, name, GREY, 12)


def _bars(bars: Mapping[int, int]) -> Iterator[Element]:
    most = max(bars.values(), default=1)
    width = _x(1) - _x(0) - 2
    for quarter, count in sorted(bars.items()):
        height = max((BOTTOM - TOP - 16) * count / most, 2)
        x, y = _x(quarter) + 1, BOTTOM - height
        words = f"{count} from {10 ** (quarter / 4):.3g} ms"
        yield rect(x, y, width, height, fill=BLUE, title=words)
        yield _text(x + width / 2, y - 4, f"{count:,}", INK, 11)


def _x(quarter: float) -> float:
    return LEFT + (quarter - FIRST) * (WIDTH - LEFT - 20) / (LAST + 1 - FIRST)


def _text(
    x: float, y: float, words: str, fill: str, size: int, anchor: Anchor = "middle"
) -> Element:
    return text(x, y, words, fill=fill, font_size=size, anchor=anchor)
