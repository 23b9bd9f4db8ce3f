"""What was measured in a month against what was required of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.calendars.domain.month import Span
from sla.capacity.domain.series import Required, Series, Verdict, coverage, judged


@dataclass(frozen=True, slots=True)
class Measured:
    """`required` is the version that held at the end. `actual` is the figure by which it is judged,
    None without samples; `covered` is the share of the expected samples that came."""

    series: Series
    required: Required
    month: str
    span: Span
    actual: float | None
    samples: int
    covered: float | None

    @property
    def verdict(self) -> Verdict:
        return judged(self.required, self.actual, self.covered)


def covered(samples: int, series: Series, span: Span, now: datetime) -> float | None:
    """Of the samples that could be expected in the part of the span that is over."""
    over = max(min(now, span.until) - span.since, timedelta(0))
    return coverage(samples, series.every, over)
