"""What was measured in a month, compared with what was promised. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.calendars.domain.month import Span
from sla.capacity.domain.series import MeasuredPromise, Series, Verdict, coverage, verdict_of


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figure of a series in a month, and the promise that it is compared with.

    `promise` is the version valid at the end of the month. `actual` is the figure of its statistic,
    None without samples; `coverage_ratio` is the share of the expected samples that were received.
    """

    series: Series
    promise: MeasuredPromise
    month: str
    span: Span
    actual: float | None
    samples: int
    coverage_ratio: float | None

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.promise, self.actual, self.coverage_ratio)


def measured_coverage(samples: int, series: Series, span: Span, now: datetime) -> float | None:
    """Return the share of the samples expected in the part of the span before `now`."""
    elapsed = max(min(now, span.until) - span.since, timedelta(0))
    return coverage(samples, series.sample_interval, elapsed)
