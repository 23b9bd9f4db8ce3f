"""The lags of firings as SVG: a histogram over decades of milliseconds. Pure."""

from collections.abc import Iterator, Mapping

from sla.rendering.svg import Anchor, Element, SvgPicture, path, rect, text
from sla.rendering.theme import ThemeName

WIDTH, HEIGHT = 720, 360
LEFT_MARGIN, TOP_MARGIN, BASELINE_Y = 64, 64, 300
BLUE, GREY, INK, PALE = "#0b5cad", "#6b7280", "#1f2937", "#e5e7eb"
FIRST_QUARTER, LAST_QUARTER = -4, 31
"""Quarters of decades: from 0.1 ms to over ten hours. Longer lags count in the last one."""
DECADE_NAMES = ("0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "10 s", "100 s", "17 min", "2.8 h")


def render_svg(counts: Mapping[int, int], title: str, theme: ThemeName = "light") -> str:
    """An SVG document. `counts` has the firings by quarter of a decade of their lag; 0 is 1 to 1.8 ms."""
    bars: dict[int, int] = {}
    for quarter, count in counts.items():
        bucket = min(max(quarter, FIRST_QUARTER), LAST_QUARTER)
        bars[bucket] = bars.get(bucket, 0) + count
    total = sum(bars.values())
    parts = [*_frame(title), *_bars(bars)]
    if not total:
        parts.append(
            _text(
                (LEFT_MARGIN + WIDTH) / 2, (TOP_MARGIN + BASELINE_Y) / 2, "Nothing fired.", GREY, 16
            )
        )
    summary = f"{title}: {total} firings"
    return SvgPicture(f"lags of {title}", summary, WIDTH, HEIGHT, theme=theme).render(parts)


def _frame(title: str) -> Iterator[Element]:
    yield _text(LEFT_MARGIN, 34, title, INK, 15, anchor="start")
    yield path(f"M{LEFT_MARGIN} {BASELINE_Y}H{WIDTH - 20}", stroke=GREY)
    for decade, name in enumerate(DECADE_NAMES):
        x = _x(FIRST_QUARTER + 4 * decade)
        yield path(f"M{x:.1f} {TOP_MARGIN}V{BASELINE_Y}", stroke=PALE)
        yield _text(x, BASELINE_Y + 20, name, GREY, 12)


def _bars(bars: Mapping[int, int]) -> Iterator[Element]:
    max_count = max(bars.values(), default=1)
    width = _x(1) - _x(0) - 2
    for quarter, count in sorted(bars.items()):
        height = max((BASELINE_Y - TOP_MARGIN - 16) * count / max_count, 2)
        x, y = _x(quarter) + 1, BASELINE_Y - height
        title = f"{count} from {10 ** (quarter / 4):.3g} ms"
        yield rect(x, y, width, height, fill=BLUE, title=title)
        yield _text(x + width / 2, y - 4, f"{count:,}", INK, 11)


def _x(quarter: float) -> float:
    return LEFT_MARGIN + (quarter - FIRST_QUARTER) * (WIDTH - LEFT_MARGIN - 20) / (
        LAST_QUARTER + 1 - FIRST_QUARTER
    )


def _text(
    x: float, y: float, words: str, fill: str, size: int, anchor: Anchor = "middle"
) -> Element:
    return text(x, y, words, fill=fill, font_size=size, anchor=anchor)
