"""What was measured in a month against what was required of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.calendars.domain.month import Span
from sla.capacity.domain.series import MeasuredPromise, Series, Verdict, coverage, verdict_of


@dataclass(frozen=True, slots=True)
class Measurement:
    """`required` is the version that held at the end. `actual` is the figure by which it is judged,
    None without samples; `covered` is the share of the expected samples that came."""

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
    """Of the samples that could be expected in the part of the span that is over."""
    elapsed = max(min(now, span.until) - span.since, timedelta(0))
    return coverage(samples, series.sample_interval, elapsed)
