"""A series of measured figures, the promises about it, and the limit of its usage. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

Statistic = Literal["mean", "median", "p95", "max", "min", "last"]
"""How the samples of a month become the one figure that is compared with the target."""
Better = Literal["lower", "higher"]
Verdict = Literal["met", "breached", "unmeasured"]

MIN_COVERAGE_RATIO = 0.5
"""The share of the expected samples below which a month counts as not measured."""


@dataclass(frozen=True, slots=True)
class Series:
    """The definition of a series. Without a customer it is the provider's own.

    `sample_interval`: how often a sample is expected; None where that is not known.
    """

    id: UUID
    key: str
    name: str
    unit: str
    customer: str | None
    service: str | None
    environment: str | None
    sample_interval: timedelta | None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class MeasuredPromise:
    """A promise about a series, from `valid_from` until the next version. Never changed (A5).

    `baseline` is what was measured when the promise was made: information only.
    """

    version: int
    valid_from: datetime
    better: Better
    statistic: Statistic
    target: float
    baseline: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """The figure that usage must not reach; `plan_ahead` is how long before people must know."""

    version: int
    valid_from: datetime
    limit: float
    direction: Literal["from_below", "from_above"]
    plan_ahead: timedelta


def valid_promise(promises: tuple[MeasuredPromise, ...], at: datetime) -> MeasuredPromise | None:
    """Return the version that is valid at an instant."""
    started = [one for one in promises if one.valid_from <= at]
    return max(started, key=lambda one: one.valid_from, default=None)


def coverage(count: int, sample_interval: timedelta | None, length: timedelta) -> float | None:
    """Return the share of the expected samples that were received, at most 1.

    None where none are expected: without an interval, or in no time.
    """
    if sample_interval is None or length <= timedelta(0):
        return None
    return min(count / max(length / sample_interval, 1.0), 1.0)


def verdict_of(
    promise: MeasuredPromise, actual: float | None, coverage_ratio: float | None
) -> Verdict:
    """Compare a month with its promise; `unmeasured` with less than half of its samples."""
    if actual is None or (coverage_ratio is not None and coverage_ratio < MIN_COVERAGE_RATIO):
        return "unmeasured"
    if promise.better == "lower":
        return "met" if actual <= promise.target else "breached"
    return "met" if actual >= promise.target else "breached"
