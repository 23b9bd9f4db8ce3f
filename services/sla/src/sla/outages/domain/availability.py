"""Availability = 1 - downtime outside agreed maintenance / agreed service time (C12). Pure.

All instants are whole seconds, so that what is shown sums to the second. Sums of adjoining periods
are the sums of the whole: `agreed`, `down`, `excluded`, `degraded` and `budget` add up.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sla.calendars.domain.timetable import Timetable
from sla.outages.domain.state_timeline import (
    DowntimeInterval,
    Segment,
    Span,
    Window,
    build_timeline,
    union,
)

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class AgreedPeriod:
    """While one version of an agreement held. `promised` is a share such as 0.999; None: nothing."""

    start: datetime
    end: datetime
    timetable: Timetable
    promised_ratio: float | None = None
    agreement: str | None = None

    def service_time(self, start: datetime, end: datetime) -> timedelta:
        """Agreed time within `[start, end)`. Zero where the calendar has none. Raises OutOfRange."""
        first, last = max(start, self.start), min(end, self.end)
        if last <= first:
            return ZERO
        return self.timetable.open_time(first, last)

    def budget(self, start: datetime, end: datetime) -> timedelta | None:
        """How much of the service time within `[start, end)` may be down."""
        if self.promised_ratio is None:
            return None
        return self.service_time(start, end) * (1 - self.promised_ratio)


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the strip; `counted` is the agreed service time in it, `judged` what of that
    was covered by a promised share."""

    segment: Segment
    agreed_time: timedelta
    promised_time: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """`repaired` of `count` have ended, after `repair` in all. Elapsed time, overlapping once. A
    failure that reaches beyond the period ends with the last outage that had begun by then."""

    count: int = 0
    repaired: int = 0
    repair_time: timedelta = ZERO


@dataclass(frozen=True)
class Availability:
    """Of `[start, end)` as it stands at `until`, which is before `end` while the period lasts.

    `agreed` is service time up to `until`, `agreed_whole` up to `end`. `budget` is how much of the
    whole may be down; None where nothing was promised. `parts` cover `[start, until)`, `stretches`
    are by what agreements it was judged.
    """

    start: datetime
    end: datetime
    as_of: datetime
    agreed: timedelta
    agreed_whole: timedelta
    budget: timedelta | None
    parts: tuple[Part, ...]
    failures: Failures
    agreement_periods: tuple[AgreedPeriod, ...] = ()

    @cached_property
    def down(self) -> timedelta:
        """Agreed service time that was down outside agreed maintenance."""
        return self._agreed_time_in(part for part in self.parts if part.segment.state == "down")

    @cached_property
    def budget_downtime(self) -> timedelta:
        """The same as far as a share was promised for it: what uses up the budget."""
        return sum((p.promised_time for p in self.parts if p.segment.state == "down"), ZERO)

    @cached_property
    def excluded(self) -> timedelta:
        """Agreed service time that was down in agreed maintenance, which does not count."""
        maintained = (part for part in self.parts if part.segment.state == "maintenance")
        return self._agreed_time_in(part for part in maintained if part.segment.outages)

    @cached_property
    def degraded(self) -> timedelta:
        """Agreed service time in which something beneath was down, and this was not."""
        return self._agreed_time_in(part for part in self.parts if part.segment.state == "degraded")

    @property
    def ratio(self) -> float | None:
        """1 - down / agreed; None where no service time was agreed."""
        return 1 - self.down / self.agreed if self.agreed else None

    @property
    def promised_ratio(self) -> float | None:
        """The share that the budget leaves of the whole period."""
        if self.budget is None or not self.agreed_whole:
            return None
        return round(1 - self.budget / self.agreed_whole, 9)

    @property
    def budget_used(self) -> float | None:
        """The share of the budget that is used up; 1 is all of it. None where there is none."""
        if self.budget is None:
            return None
        if self.budget:
            return self.budget_downtime / self.budget
        return float(self.budget_downtime > ZERO)

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; while the period lasts, whether it still can be. None
        where nothing was promised. Just used up is kept."""
        return None if self.budget is None else self.budget_downtime <= self.budget

    @property
    def mttr(self) -> timedelta | None:
        """Mean elapsed time to repair, of the failures that began in the period and have ended."""
        return (
            self.failures.repair_time / self.failures.repaired if self.failures.repaired else None
        )

    @property
    def mtbf(self) -> timedelta | None:
        """Mean agreed service time between failures: what was up, by the failures that began."""
        return (self.agreed - self.down) / self.failures.count if self.failures.count else None

    def _agreed_time_in(self, parts: Iterable[Part]) -> timedelta:
        return sum((part.agreed_time for part in parts), ZERO)


def compute_availability(
    agreed_periods: Sequence[AgreedPeriod],
    downtime_intervals: Sequence[DowntimeInterval],
    windows: Sequence[Window],
    start: datetime,
    end: datetime,
    now: datetime,
) -> Availability:
    """The availability of `[start, end)` as it stands at `now`; what is down still, is until now.

    `agreed` are disjoint; where none holds, no service time was agreed. Troubles are `excluded` by
    the windows already. Raises OutOfRange.
    """
    as_of = min(max(now, start), end)
    promised_periods = [one for one in agreed_periods if one.promised_ratio is not None]
    parts = tuple(
        Part(
            segment,
            service_time(agreed_periods, segment.start, segment.end),
            service_time(promised_periods, segment.start, segment.end),
        )
        for segment in build_timeline(downtime_intervals, windows, start, as_of)
    )
    return Availability(
        start,
        end,
        as_of,
        service_time(agreed_periods, start, as_of),
        service_time(agreed_periods, start, end),
        budget(agreed_periods, start, end),
        parts,
        count_failures(downtime_intervals, start, as_of, now),
        tuple(agreed_periods),
    )


def service_time(periods: Iterable[AgreedPeriod], start: datetime, end: datetime) -> timedelta:
    return sum((one.service_time(start, end) for one in periods), ZERO)


def budget(periods: Iterable[AgreedPeriod], start: datetime, end: datetime) -> timedelta | None:
    """How much of `[start, end)` may be down; None where nothing was promised for any of it."""
    budgets = [one.budget(start, end) for one in periods]
    promised_budgets = [one for one in budgets if one is not None]
    return sum(promised_budgets, ZERO) if promised_budgets else None


def count_failures(
    downtime_intervals: Sequence[DowntimeInterval], start: datetime, as_of: datetime, now: datetime
) -> Failures:
    """Times that it went down in `[start, until)`, other than wholly within agreed maintenance: one
    that begins in it counts from the first instant outside."""
    started = [trouble for trouble in downtime_intervals if trouble.start < as_of]
    spans = [Span(t.start, t.end) for t in started if t.effect in ("down", "excluded")]
    down_starts = sorted(trouble.start for trouble in started if trouble.effect == "down")
    failure_spans = [
        span
        for span in union(spans)
        if (first := _first_within(span, down_starts)) is not None and start <= first < as_of
    ]
    repair_times = [
        span.end - span.start for span in failure_spans if span.end is not None and span.end <= now
    ]
    return Failures(len(failure_spans), len(repair_times), sum(repair_times, ZERO))


def _first_within(span: Span, instants: Sequence[datetime]) -> datetime | None:
    """The first of the sorted instants that lies in the span, its end included."""
    index = bisect_left(instants, span.start)
    if index == len(instants) or (span.end is not None and instants[index] > span.end):
        return None
    return instants[index]
