"""When a limit will be reached: a straight line through the daily peaks, and its accuracy. Pure.

Method: least squares (`statistics.linear_regression`) over the peaks of the last 90 days. The
accuracy is measured by a back-test: the line is fitted as of each earlier day (rolling origin), and
its error some days ahead is compared with that of the naive forecast, "as it is today". The spread
of these errors gives the earliest and the latest day.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from statistics import linear_regression, median, quantiles
from typing import Literal

from sla.capacity.domain.series import Limit

WINDOW_DAYS, MIN_DAYS = 90, 14
"""Days that the line is fitted to, and the fewest that it needs."""
MAX_HORIZON_DAYS = 730
"""Days beyond which nothing is forecast."""
METHOD = "least squares line through the daily peaks of 90 days; spread from its own past errors"
MAX_BACK_TEST_ORIGINS = 60
"""The number of most recent days in the back-test."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The extreme figure of one day: the highest, or the lowest where the limit is a minimum."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class BackTest:
    """The accuracy of `trials` past forecasts, `horizon_days` ahead.

    `error` and `naive_error`: median absolute errors of the line and of "as it is today", in the
    series' unit. `spread`: the range of the middle 80 % of the errors (actual - forecast).
    """

    horizon_days: int
    trials: int
    error: float
    naive_error: float
    spread: tuple[float, float]

    @property
    def better_than_naive(self) -> bool:
        return self.error < self.naive_error


@dataclass(frozen=True, slots=True)
class CapacityForecast:
    """When the limit is expected to be reached; `expected` None: not within two years.

    `current` and `per_day` are in the series' unit. `earliest` and `latest` are None without a
    back-test.
    """

    computed_on: date
    current: float
    per_day: float
    expected: date | None
    earliest: date | None
    latest: date | None
    back_test: BackTest | None
    limit_status: Literal["reached", "approaching", "ok"]


def compute_forecast(peaks: Sequence[Peak], limit: Limit, today: date) -> CapacityForecast | None:
    """Forecast from `peaks`, ordered by day. None with fewer than two weeks of figures."""
    recent = _window(peaks, today)
    if len(recent) < MIN_DAYS:
        return None
    sign = 1.0 if limit.direction == "from_below" else -1.0
    slope, level = _line(recent, today)
    tested_line = back_test(peaks, limit.plan_ahead.days)
    low, high = tested_line.spread if tested_line else (0.0, 0.0)
    soon, late = (high, low) if sign > 0 else (low, high)
    current = recent[-1].value
    is_reached = (current - limit.limit) * sign >= 0
    expected = today if is_reached else _crossing_day(level, slope, limit.limit, today, sign)
    return CapacityForecast(
        today,
        current,
        slope,
        expected,
        _crossing_day(level + soon, slope, limit.limit, today, sign) if tested_line else None,
        _crossing_day(level + late, slope, limit.limit, today, sign) if tested_line else None,
        tested_line,
        _limit_status(is_reached, expected, today, limit.plan_ahead),
    )


def back_test(peaks: Sequence[Peak], horizon_days: int) -> BackTest | None:
    """Measure how accurate the line was `horizon_days` ahead; None where there are too few days."""
    line_errors, naive_errors = list[float](), list[float]()
    for errors in islice(_errors(peaks, max(horizon_days, 1)), MAX_BACK_TEST_ORIGINS):
        line_errors.append(errors[0])
        naive_errors.append(errors[1])
    if len(line_errors) < MIN_DAYS:
        return None
    tenths = quantiles(line_errors, n=10)
    medians = (median(map(abs, line_errors)), median(map(abs, naive_errors)))
    return BackTest(max(horizon_days, 1), len(line_errors), *medians, (tenths[0], tenths[-1]))


def _errors(peaks: Sequence[Peak], horizon_days: int) -> Iterator[tuple[float, float]]:
    """Yield the errors of the line and of "as it is today", from the newest origin backwards."""
    by_day = {peak.day: peak.value for peak in peaks}
    for peak in reversed(peaks):
        origin = peak.day - timedelta(days=horizon_days)
        window = _window(peaks, origin)
        if len(window) < MIN_DAYS:
            return
        if origin in by_day:
            slope, level = _line(window, origin)
            yield peak.value - (level + slope * horizon_days), peak.value - by_day[origin]


def _window(peaks: Sequence[Peak], until: date) -> Sequence[Peak]:
    """Return the peaks of the 90 days that end with `until`."""
    first = bisect_left(peaks, until - timedelta(days=WINDOW_DAYS - 1), key=lambda peak: peak.day)
    last = bisect_left(peaks, until + timedelta(days=1), key=lambda peak: peak.day)
    return peaks[first:last]


def _line(peaks: Sequence[Peak], today: date) -> tuple[float, float]:
    """Fit the line: the change per day, and its value today."""
    days = [(peak.day - today).days for peak in peaks]
    slope, level = linear_regression(days, [peak.value for peak in peaks])
    return slope, level


def _crossing_day(
    level: float, slope: float, limit: float, today: date, sign: float
) -> date | None:
    if (level - limit) * sign >= 0:
        return today
    if slope * sign <= 0:
        return None
    days = (limit - level) / slope
    return today + timedelta(days=int(days)) if days <= MAX_HORIZON_DAYS else None


def _limit_status(
    is_reached: bool, expected: date | None, today: date, plan_ahead: timedelta
) -> Literal["reached", "approaching", "ok"]:
    if is_reached:
        return "reached"
    is_near = expected is not None and expected - today <= plan_ahead
    return "approaching" if is_near else "ok"
