"""When a limit will be reached, and the accuracy of that forecast."""

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.capacity.chart import describe, render_svg
from sla.capacity.domain.capacity_forecast import MIN_DAYS, Peak, back_test, compute_forecast
from sla.capacity.domain.series import Limit, Series
from sla_support.company import NINE

TODAY = date(2026, 6, 1)
DISK = Limit(1, NINE, 100.0, "from_below", timedelta(days=30))
FREE = Limit(1, NINE, 10.0, "from_above", timedelta(days=30))


def past(days: int, value: float, per_day: float) -> list[Peak]:
    """A straight line that ends at `value` today."""
    return [
        Peak(TODAY - timedelta(days=back), value - per_day * back)
        for back in range(days - 1, -1, -1)
    ]


def test_a_straight_line_reaches_its_limit_on_the_computed_day() -> None:
    """80 today, one more a day: 100 in twenty days, which is within the thirty needed to plan."""
    forecast = compute_forecast(past(200, 80.0, 1.0), DISK, TODAY)
    assert forecast is not None
    assert abs((forecast.expected or TODAY) - (TODAY + timedelta(days=20))) <= timedelta(days=1)
    assert forecast.limit_status == "approaching"
    assert forecast.back_test is not None
    assert forecast.back_test.error == pytest.approx(0, abs=1e-6)
    assert forecast.back_test.naive_error == pytest.approx(30)
    assert forecast.back_test.better_than_naive


def test_a_falling_figure_reaches_a_lower_limit() -> None:
    forecast = compute_forecast(past(200, 40.0, -1.0), FREE, TODAY)
    assert forecast is not None
    assert abs((forecast.expected or TODAY) - (TODAY + timedelta(days=30))) <= timedelta(days=1)


def test_usage_that_goes_the_other_way_never_reaches_it() -> None:
    forecast = compute_forecast(past(60, 50.0, -0.5), DISK, TODAY)
    assert forecast is not None
    assert (forecast.expected, forecast.limit_status) == (None, "ok")


def test_what_is_beyond_the_limit_is_reached() -> None:
    forecast = compute_forecast(past(60, 100.0, 0.0), DISK, TODAY)
    assert forecast is not None
    assert (forecast.expected, forecast.limit_status) == (TODAY, "reached")


def test_two_weeks_of_figures_are_needed() -> None:
    assert compute_forecast(past(MIN_DAYS - 1, 80.0, 1.0), DISK, TODAY) is None
    assert compute_forecast(past(MIN_DAYS, 80.0, 1.0), DISK, TODAY) is not None


def test_a_back_test_uses_nothing_that_was_not_known_then() -> None:
    """The line of an earlier day must not change with what came after it."""
    peaks = past(150, 80.0, 1.0)
    before = back_test(peaks[:120], 30)
    jumped = [*peaks[:120], *(Peak(one.day, one.value + 1000) for one in peaks[120:])]
    assert before is not None
    after = back_test(jumped, 30)
    assert after is not None
    assert after.error > 100 > before.error


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=MIN_DAYS, max_size=120),
    st.floats(-1e6, 1e6),
    st.sampled_from(["from_below", "from_above"]),
)
def test_the_earliest_day_is_never_after_the_latest(
    values: list[float], limit: float, reached: Literal["from_below", "from_above"]
) -> None:
    peaks = [Peak(TODAY - timedelta(days=len(values) - 1 - i), v) for i, v in enumerate(values)]
    forecast = compute_forecast(peaks, Limit(1, NINE, limit, reached, timedelta(days=5)), TODAY)
    assert forecast is not None
    if forecast.earliest and forecast.latest:
        assert TODAY <= forecast.earliest <= forecast.latest
    if forecast.latest:
        assert forecast.earliest is not None
    assert (forecast.limit_status == "reached") == (
        forecast.expected == TODAY and forecast.limit_status != "approaching"
    )


def test_the_picture_says_in_words_what_it_shows() -> None:
    series = Series(UUID(int=9), "disk", "Disk <of> Acme", "GiB", "acme", None, None, None)
    peaks = past(200, 80.0, 1.0)
    forecast = compute_forecast(peaks, DISK, TODAY)
    picture = render_svg(series, peaks, DISK, forecast, TODAY)
    assert "Disk &lt;of&gt; Acme" in picture
    assert describe(series, forecast) in picture
    assert "2026-06-21" in picture or "2026-06-20" in picture
