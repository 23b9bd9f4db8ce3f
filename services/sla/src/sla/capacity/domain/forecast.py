"""When a limit will be reached: a straight line through the daily peaks, and what it is worth. Pure.

Method: least squares (`statistics.linear_regression`) over the peaks of the last 90 days. Its worth
is measured, not assumed: the line is fitted again as it would have been on each earlier day
(rolling origin), and its error some days ahead is compared with that of the simplest forecast,
"as it is today". The spread of those very errors makes the earliest and the latest day.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from statistics import linear_regression, median, quantiles
from typing import Literal

from sla.capacity.domain.series import Limit

WINDOW, LEAST = 90, 14
"""Days that the line is drawn through, and the fewest with which one is drawn at all."""
FARTHEST = 730
"""Days beyond which a straight line says nothing."""
METHOD = "least squares line through the daily peaks of 90 days; spread from its own past errors"
ORIGINS = 60
"""The most recent days on which the line is tried again."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The extreme figure of one day: the highest, or the lowest where less is worse."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class BackTest:
    """Median absolute errors, in the series' unit, `horizon_days` days ahead, of `trials` forecasts.

    `spread` is the range in which eight of ten errors lay (actual - forecast).
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
class Outlook:
    """`expected` None: not within two years. `earliest` and `latest` need a back-test."""

    computed_on: date
    current: float
    per_day: float
    expected: date | None
    earliest: date | None
    latest: date | None
    back_test: BackTest | None
    limit_status: Literal["reached", "approaching", "ok"]


def outlook(peaks: Sequence[Peak], limit: Limit, today: date) -> Outlook | None:
    """What is to be expected; `peaks` by day. None with fewer than two weeks of figures."""
    recent = _window(peaks, today)
    if len(recent) < LEAST:
        return None
    sign = 1.0 if limit.direction == "from_below" else -1.0
    slope, level = _line(recent, today)
    tested = back_test(peaks, limit.plan_ahead.days)
    low, high = tested.spread if tested else (0.0, 0.0)
    soon, late = (high, low) if sign > 0 else (low, high)
    current = recent[-1].value
    reached = (current - limit.limit) * sign >= 0
    expected = today if reached else _crossing(level, slope, limit.limit, today, sign)
    return Outlook(
        today,
        current,
        slope,
        expected,
        _crossing(level + soon, slope, limit.limit, today, sign) if tested else None,
        _crossing(level + late, slope, limit.limit, today, sign) if tested else None,
        tested,
        _standing(reached, expected, today, limit.plan_ahead),
    )


def back_test(peaks: Sequence[Peak], ahead: int) -> BackTest | None:
    """How well the line would have done `ahead` days ahead; None where there is too little past."""
    lines, naive = list[float](), list[float]()
    for errors in islice(_errors(peaks, max(ahead, 1)), ORIGINS):
        lines.append(errors[0])
        naive.append(errors[1])
    if len(lines) < LEAST:
        return None
    tenths = quantiles(lines, n=10)
    middle = (median(map(abs, lines)), median(map(abs, naive)))
    return BackTest(max(ahead, 1), len(lines), *middle, (tenths[0], tenths[-1]))


def _errors(peaks: Sequence[Peak], ahead: int) -> Iterator[tuple[float, float]]:
    """Of the line and of "as it is today", from the newest origin back."""
    by_day = {peak.day: peak.value for peak in peaks}
    for peak in reversed(peaks):
        origin = peak.day - timedelta(days=ahead)
        known = _window(peaks, origin)
        if len(known) < LEAST:
            return
        if origin in by_day:
            slope, level = _line(known, origin)
            yield peak.value - (level + slope * ahead), peak.value - by_day[origin]


def _window(peaks: Sequence[Peak], until: date) -> Sequence[Peak]:
    """Those of the last 90 days up to and with `until`."""
    first = bisect_left(peaks, until - timedelta(days=WINDOW - 1), key=lambda peak: peak.day)
    last = bisect_left(peaks, until + timedelta(days=1), key=lambda peak: peak.day)
    return peaks[first:last]


def _line(peaks: Sequence[Peak], today: date) -> tuple[float, float]:
    """Change a day, and the line's height today."""
    days = [(peak.day - today).days for peak in peaks]
    slope, level = linear_regression(days, [peak.value for peak in peaks])
    return slope, level


def _crossing(level: float, slope: float, limit: float, today: date, sign: float) -> date | None:
    if (level - limit) * sign >= 0:
        return today
    if slope * sign <= 0:
        return None
    days = (limit - level) / slope
    return today + timedelta(days=int(days)) if days <= FARTHEST else None


def _standing(
    reached: bool, expected: date | None, today: date, plan_ahead: timedelta
) -> Literal["reached", "approaching", "ok"]:
    if reached:
        return "reached"
    near = expected is not None and expected - today <= plan_ahead
    return "approaching" if near else "ok"
