"""Usage as a picture: the days' peaks, the line through them, the limit, and where they meet. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from sla.capacity.domain.forecast import CapacityForecast, Peak
from sla.capacity.domain.series import Limit, Series

WIDTH, HEIGHT = 720, 300
LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 64, 16, 48, 36
SHOWN_DAYS = 90
"""Days of the past that are drawn."""


class _Axes:
    """From days and figures to places on the picture."""

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
) -> str:
    """An SVG document, legible in grey too."""
    shown_peaks = [peak for peak in peaks if peak.day > today - timedelta(days=SHOWN_DAYS)]
    last = max(today + timedelta(days=max(limit.plan_ahead.days, 14)), today)
    first = shown_peaks[0].day if shown_peaks else today - timedelta(days=SHOWN_DAYS)
    values = [peak.value for peak in shown_peaks] or [0.0]
    axes = _Axes(first, last, min(*values, limit.limit), max(*values, limit.limit))
    parts = [
        *_frame(series, forecast),
        *_time_axis(axes, first, today, last),
        _limit_line(axes, series, limit),
        _usage_line(axes, shown_peaks),
        *_forecast_line(axes, forecast, today, last),
    ]
    return "\n".join(parts) + "\n</svg>\n"


def describe(series: Series, forecast: CapacityForecast | None) -> str:
    """What the picture says, in words."""
    if forecast is None:
        return "Fewer than two weeks of figures: too early to say."
    if forecast.limit_status == "reached":
        return f"The limit is reached: {forecast.current:.4g} {series.unit}."
    if forecast.expected is None:
        return f"Now {forecast.current:.4g} {series.unit}; the limit is not in sight."
    text = f"Now {forecast.current:.4g} {series.unit}; the limit is expected on {forecast.expected}"
    if forecast.earliest and forecast.latest:
        text += f", between {forecast.earliest} and {forecast.latest}"
    return f"{text}."


def _frame(series: Series, forecast: CapacityForecast | None) -> list[str]:
    title, description = escape(series.name), escape(describe(series, forecast))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    return [
        svg + ' font-family="system-ui, sans-serif" font-size="12" aria-labelledby="t d">',
        f'<title id="t">{title}</title><desc id="d">{description}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT_MARGIN}" y="18" font-size="14" font-weight="600">{title}</text>',
        f'<text x="{LEFT_MARGIN}" y="36" fill="#444">{description}</text>',
    ]


def _time_axis(axes: _Axes, first: date, today: date, last: date) -> list[str]:
    baseline = HEIGHT - BOTTOM_MARGIN
    x = axes.x(today)
    return [
        f'<line x1="{LEFT_MARGIN}" y1="{baseline}" x2="{WIDTH - RIGHT_MARGIN}" y2="{baseline}" stroke="#888"/>',
        f'<line x1="{x:.1f}" y1="{TOP_MARGIN}" x2="{x:.1f}" y2="{baseline}" stroke="#bbb"/>',
        f'<text x="{LEFT_MARGIN}" y="{baseline + 16}" fill="#444">{first}</text>',
        f'<text x="{x:.1f}" y="{baseline + 30}" text-anchor="middle" fill="#444">today</text>',
        f'<text x="{WIDTH - RIGHT_MARGIN}" y="{baseline + 16}" text-anchor="end" fill="#444">{last}</text>',
    ]


def _limit_line(axes: _Axes, series: Series, limit: Limit) -> str:
    y, label = axes.y(limit.limit), escape(f"{limit.limit:g} {series.unit}")
    return (
        f'<line x1="{LEFT_MARGIN}" y1="{y:.1f}" x2="{WIDTH - RIGHT_MARGIN}" y2="{y:.1f}" stroke="#b00020"'
        f' stroke-width="1.5"/><text x="{LEFT_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end"'
        f' fill="#b00020">{label}</text>'
    )


def _usage_line(axes: _Axes, peaks: Sequence[Peak]) -> str:
    points = " ".join(f"{axes.x(peak.day):.1f},{axes.y(peak.value):.1f}" for peak in peaks)
    return f'<polyline points="{points}" fill="none" stroke="#1f4e79" stroke-width="2"/>'


def _forecast_line(
    axes: _Axes, forecast: CapacityForecast | None, today: date, last: date
) -> list[str]:
    if forecast is None:
        return []
    end = forecast.expected if forecast.expected and today < forecast.expected < last else last
    projected = forecast.current + forecast.per_day * (end - today).days
    clamped = min(max(projected, axes.low), axes.high)
    start = f'x1="{axes.x(today):.1f}" y1="{axes.y(forecast.current):.1f}"'
    stop = f'x2="{axes.x(end):.1f}" y2="{axes.y(clamped):.1f}"'
    return [f'<line {start} {stop} stroke="#1f4e79" stroke-width="2" stroke-dasharray="6 4"/>']
