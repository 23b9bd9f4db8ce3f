"""Usage as an SVG chart: daily peaks, the line through them, and where it meets the limit. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from sla.capacity.domain.capacity_forecast import CapacityForecast, Peak
from sla.capacity.domain.series import Limit, Series
from sla.rendering.svg import Element, SvgPicture, line, polyline, text
from sla.rendering.theme import ThemeName

WIDTH, HEIGHT = 720, 300
LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 64, 16, 48, 36
SHOWN_DAYS = 90
"""Days of the past in the chart."""


class _Axes:
    """Convert days and figures to coordinates of the chart."""

    def __init__(self, first: date, last: date, low: float, high: float) -> None:
        self._first, self._days = first, max((last - first).days, 1)
        padding = (high - low) * 0.08 or 1.0
        self.low, self.high = low - padding, high + padding

    def x(self, day: date) -> float:
        share = (day - self._first).days / self._days
        return LEFT_MARGIN + share * (WIDTH - LEFT_MARGIN - RIGHT_MARGIN)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM_MARGIN - share * (HEIGHT - TOP_MARGIN - BOTTOM_MARGIN)


def render_svg(
    series: Series,
    peaks: Sequence[Peak],
    limit: Limit,
    forecast: CapacityForecast | None,
    today: date,
    theme: ThemeName = "light",
) -> str:
    """Render an SVG document that is also legible in greyscale."""
    shown_peaks = [peak for peak in peaks if peak.day > today - timedelta(days=SHOWN_DAYS)]
    last = max(today + timedelta(days=max(limit.plan_ahead.days, 14)), today)
    first = shown_peaks[0].day if shown_peaks else today - timedelta(days=SHOWN_DAYS)
    values = [peak.value for peak in shown_peaks] or [0.0]
    axes = _Axes(first, last, min(*values, limit.limit), max(*values, limit.limit))
    picture = SvgPicture(
        f"usage of {series.key}",
        series.name,
        WIDTH,
        HEIGHT,
        description=describe(series, forecast),
        font_size=12,
        ground="#fff",
        theme=theme,
    )
    return picture.render(
        [
            text(LEFT_MARGIN, 18, picture.title, font_size=14, font_weight="600"),
            text(LEFT_MARGIN, 36, picture.description, fill="#444"),
            *_days(axes, first, today, last),
            *_limit_line(axes, series, limit),
            _usage_line(axes, shown_peaks),
            *_forecast_line(axes, forecast, today, last),
        ]
    )


def describe(series: Series, forecast: CapacityForecast | None) -> str:
    """Describe in words what the chart shows."""
    if forecast is None:
        return "Fewer than two weeks of figures: too early to say."
    if forecast.limit_status == "reached":
        return f"The limit is reached: {forecast.current:.4g} {series.unit}."
    if forecast.expected is None:
        return f"Now {forecast.current:.4g} {series.unit}; the limit is not in sight."
    sentence = (
        f"Now {forecast.current:.4g} {series.unit}; the limit is expected on {forecast.expected}"
    )
    if forecast.earliest and forecast.latest:
        sentence += f", between {forecast.earliest} and {forecast.latest}"
    return f"{sentence}."


def _days(axes: _Axes, first: date, today: date, last: date) -> list[Element]:
    baseline, right = HEIGHT - BOTTOM_MARGIN, WIDTH - RIGHT_MARGIN
    x = axes.x(today)
    return [
        line(LEFT_MARGIN, baseline, right, baseline, "#888"),
        line(x, TOP_MARGIN, x, baseline, "#bbb"),
        text(LEFT_MARGIN, baseline + 16, str(first), fill="#444"),
        text(x, baseline + 30, "today", anchor="middle", fill="#444"),
        text(right, baseline + 16, str(last), anchor="end", fill="#444"),
    ]


def _limit_line(axes: _Axes, series: Series, limit: Limit) -> list[Element]:
    y = axes.y(limit.limit)
    return [
        line(LEFT_MARGIN, y, WIDTH - RIGHT_MARGIN, y, "#b00020", stroke_width=1.5),
        text(
            LEFT_MARGIN - 6, y + 4, f"{limit.limit:g} {series.unit}", anchor="end", fill="#b00020"
        ),
    ]


def _usage_line(axes: _Axes, shown_peaks: Sequence[Peak]) -> Element:
    points = ((axes.x(peak.day), axes.y(peak.value)) for peak in shown_peaks)
    return polyline(points, "#1f4e79", stroke_width=2)


def _forecast_line(
    axes: _Axes, forecast: CapacityForecast | None, today: date, last: date
) -> list[Element]:
    if forecast is None:
        return []
    end = forecast.expected if forecast.expected and today < forecast.expected < last else last
    projected = forecast.current + forecast.per_day * (end - today).days
    clamped = min(max(projected, axes.low), axes.high)
    start, stop = (axes.x(today), axes.y(forecast.current)), (axes.x(end), axes.y(clamped))
    return [line(*start, *stop, "#1f4e79", stroke_width=2, stroke_dasharray="6 4")]
