"""The chart of response times: the median, and the 90th and 95th percentile. Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.charts.data import Percentiles
from sla.rendering.charts.drawing import DARK, INK, LIGHT, Box, Drawing, Label, Line, Shape
from sla.rendering.notation import Formats
from sla.rendering.words import Words

WIDTH = 480.0
LEFT, RIGHT, TOP, ROW = 118.0, 60.0, 22.0, 34.0


def response_times_chart(percentiles: Sequence[Percentiles], formats: Formats) -> Drawing:
    """A bar per metric, each on its own scale, which ends at the 95th percentile."""
    rows = [
        shape
        for index, one in enumerate(percentiles)
        for shape in _row(one, TOP + index * ROW, formats)
    ]
    description = " ".join(_describe(one, formats) for one in percentiles)
    words, height = formats.words, TOP + len(percentiles) * ROW + 2
    shapes = (*_key(words), *rows)
    return Drawing("response-times", words("chart_times"), description, WIDTH, height, shapes)


def _describe(one: Percentiles, formats: Formats) -> str:
    return formats.words(
        "chart_times_row",
        metric=formats.metric(one.metric),
        tickets=formats.words.counted("ticket", one.count),
        p50=formats.duration(one.p50_seconds),
        p90=formats.duration(one.p90_seconds),
        p95=formats.duration(one.p95_seconds),
    )


def _key(words: Words) -> Iterator[Shape]:
    yield Box(LEFT, 4, 8, 8, DARK, INK)
    yield Label(LEFT + 12, 11, words("chart_half"))
    yield Box(LEFT + 106, 4, 8, 8, LIGHT, INK)
    yield Label(LEFT + 118, 11, words("chart_most"))
    yield Line(((LEFT + 184, 3), (LEFT + 184, 13)), INK, 2)
    yield Label(LEFT + 190, 11, words("chart_nearly_all"))


def _row(one: Percentiles, y: float, formats: Formats) -> Iterator[Shape]:
    full_width = WIDTH - LEFT - RIGHT
    longest = one.p95_seconds or 1.0
    half, most = full_width * one.p50_seconds / longest, full_width * one.p90_seconds / longest
    yield Label(LEFT - 6, y + 11, formats.metric(one.metric), 8, "end")
    yield Label(LEFT - 6, y + 21, formats.words("chart_sample", count=one.count), 7, "end")
    yield Box(LEFT, y + 2, most, 12, LIGHT, INK)
    yield Box(LEFT, y + 2, half, 12, DARK, INK)
    yield Line(((LEFT + full_width, y), (LEFT + full_width, y + 16)), INK, 2)
    text = " · ".join(
        formats.duration(value) for value in (one.p50_seconds, one.p90_seconds, one.p95_seconds)
    )
    yield Label(LEFT, y + 25, text, 8, "start", True)
