"""The calibration of forecasts as an SVG chart: forecast probability against observed share. Pure.

The colours differ in greyscale and for colour-blind readers.
"""

from collections.abc import Iterator
from math import sqrt

from sla.forecasts.domain.score import Score, Tally
from sla.rendering.svg import Anchor, Element, SvgPicture, circle, line, text
from sla.rendering.theme import ThemeName

WIDTH, HEIGHT = 640, 560
LEFT_MARGIN, TOP_MARGIN, PLOT_SIZE = 70, 64, 400
BLUE, GREY, INK, PALE = "#0b5cad", "#6b7280", "#1f2937", "#e5e7eb"
MAX_DOT_RADIUS = 14.0


def render_calibration_svg(score: Score, title: str, theme: ThemeName = "light") -> str:
    """Render the reliability diagram; a dot on the diagonal is a bin that is well calibrated.

    A dot's area is the number of its forecasts, its whisker the interval of the true share.
    """
    parts = [*_frame(title), *_summary(score)]
    max_forecasts = max((tally.forecasts for tally in score.bins), default=1)
    for tally in score.bins:
        parts += _dot(tally, max_forecasts)
    if not score.bins:
        parts.append(
            _text(
                LEFT_MARGIN + PLOT_SIZE / 2,
                TOP_MARGIN + PLOT_SIZE / 2,
                "No forecast has come out yet.",
                GREY,
            )
        )
    picture = SvgPicture(f"calibration of {title}", _describe(score), WIDTH, HEIGHT, theme=theme)
    return picture.render(parts)


def _frame(title: str) -> Iterator[Element]:
    yield _text(LEFT_MARGIN, 34, title, INK, size=17, anchor="start", weight="600")
    for tenth in range(0, 11, 2):
        share = tenth / 10
        x, y = _x(share), _y(share)
        yield _line(x, TOP_MARGIN, x, TOP_MARGIN + PLOT_SIZE, PALE)
        yield _line(LEFT_MARGIN, y, LEFT_MARGIN + PLOT_SIZE, y, PALE)
        yield _text(x, TOP_MARGIN + PLOT_SIZE + 20, f"{share:.0%}", GREY, size=12)
        yield _text(LEFT_MARGIN - 10, y + 4, f"{share:.0%}", GREY, size=12, anchor="end")
    yield _line(_x(0), _y(0), _x(1), _y(1), GREY, dash="5 5")
    yield _text(
        LEFT_MARGIN + PLOT_SIZE / 2,
        TOP_MARGIN + PLOT_SIZE + 46,
        "forecast: probability of a breach",
        INK,
        size=13,
    )
    caption = "On the line: what was forecast came as often as was said."
    yield _text(LEFT_MARGIN, TOP_MARGIN + PLOT_SIZE + 76, caption, GREY, size=12, anchor="start")
    middle = TOP_MARGIN + PLOT_SIZE / 2
    rotation = f"rotate(-90 20 {middle})"
    label = "came: share breached"
    yield text(20, middle, label, fill=INK, font_size=13, anchor="middle", transform=rotation)


def _summary(score: Score) -> Iterator[Element]:
    """Render the figures beside the diagram."""
    lines = [
        ("forecasts", f"{score.forecasts:,}"),
        ("breached", f"{score.breached:,}"),
        ("Brier score", _figure(score.brier)),
        ("skill", _figure(score.skill)),
        ("miscalibration", _figure(score.reliability)),
    ]
    for index, (name, value) in enumerate(lines):
        y = TOP_MARGIN + 30 + index * 58
        yield _text(LEFT_MARGIN + PLOT_SIZE + 24, y, name, GREY, size=12, anchor="start")
        yield _text(
            LEFT_MARGIN + PLOT_SIZE + 24, y + 24, value, INK, size=20, anchor="start", weight="600"
        )


def _dot(tally: Tally, max_forecasts: int) -> Iterator[Element]:
    x, y = _x(tally.mean_forecast), _y(tally.observed)
    low, high = tally.interval
    yield _line(x, _y(low), x, _y(high), BLUE, width=2)
    radius = max(3.5, MAX_DOT_RADIUS * sqrt(tally.forecasts / max_forecasts))
    title = f"forecast {tally.mean_forecast:.0%}, came {tally.observed:.0%}, of {tally.forecasts}"
    yield circle(
        x, y, radius, fill=BLUE, fill_opacity=0.9, title=title, stroke="#ffffff", stroke_width=1.5
    )


def _describe(score: Score) -> str:
    if score.brier is None:
        return "Calibration of forecasts: nothing has come out yet"
    return (
        f"Calibration of {score.forecasts} forecasts of which {score.breached} were breached;"
        f" Brier score {score.brier:.3f}"
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"  # noqa: RUF001 - a dash that is typeset


def _x(share: float) -> float:
    return LEFT_MARGIN + PLOT_SIZE * share


def _y(share: float) -> float:
    return TOP_MARGIN + PLOT_SIZE * (1 - share)


def _line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str,
    width: float = 1,
    dash: str | None = None,
) -> Element:
    return line(x1, y1, x2, y2, colour, stroke_width=width, stroke_dasharray=dash)


def _text(
    x: float,
    y: float,
    words: str,
    colour: str,
    size: int = 14,
    anchor: Anchor = "middle",
    weight: str = "400",
) -> Element:
    return text(x, y, words, fill=colour, font_size=size, font_weight=weight, anchor=anchor)
