"""The chart of response times: the median, and the 90th and 95th percentile. Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering import figures
from sla.rendering.charts.data import Percentiles
from sla.rendering.charts.drawing import DARK, INK, LIGHT, Box, Drawing, Label, Line, Shape

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 110.0, 60.0, 22.0, 34.0


def response_times_chart(percentiles: Sequence[Percentiles]) -> Drawing:
    """A bar per metric, each on its own scale, which ends at the 95th percentile."""
    rows = [
        shape for index, one in enumerate(percentiles) for shape in _row(one, TOP + index * ROW)
    ]
    description = " ".join(
        f"{figures.metric_name(one.metric)}, {figures.pluralise(one.count, 'ticket')}: half within"
        f" {figures.format_duration(one.p50_seconds)}, 90 % within {figures.format_duration(one.p90_seconds)},"
        f" 95 % within {figures.format_duration(one.p95_seconds)}."
        for one in percentiles
    )
    title = "How long it took, in working time"
    return Drawing(
        "response-times",
        title,
        description,
        WIDTH,
        TOP + len(percentiles) * ROW + 2,
        (*_key(), *rows),
    )


def _key() -> Iterator[Shape]:
    yield Box(LEFT, 4, 8, 8, DARK, INK)
    yield Label(LEFT + 12, 11, "half of them within")
    yield Box(LEFT + 106, 4, 8, 8, LIGHT, INK)
    yield Label(LEFT + 118, 11, "90 % within")
    yield Line(((LEFT + 184, 3), (LEFT + 184, 13)), INK, 2)
    yield Label(LEFT + 190, 11, "95 % within")


def _row(one: Percentiles, y: float) -> Iterator[Shape]:
    full_width = WIDTH - LEFT - RIGHT
    longest = one.p95_seconds or 1.0
    half, most = full_width * one.p50_seconds / longest, full_width * one.p90_seconds / longest
    yield Label(LEFT - 6, y + 11, figures.metric_name(one.metric), 8, "end")
    yield Label(LEFT - 6, y + 21, f"n = {one.count}", 7, "end")
    yield Box(LEFT, y + 2, most, 12, LIGHT, INK)
    yield Box(LEFT, y + 2, half, 12, DARK, INK)
    yield Line(((LEFT + full_width, y), (LEFT + full_width, y + 16)), INK, 2)
    text = " · ".join(
        figures.format_duration(value)
        for value in (one.p50_seconds, one.p90_seconds, one.p95_seconds)
    )
    yield Label(LEFT, y + 25, text, 8, "start", True)
