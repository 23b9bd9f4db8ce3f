"""Availability = 1 - downtime outside agreed maintenance / agreed service time (C12). Pure.

All instants are whole seconds, so that shown durations add up to the second. `agreed`, `down`,
`excluded`, `degraded` and `budget` of adjoining periods add up to those of the whole.
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
    """The validity of one version of an agreement within a period.

    `promised_ratio` is a share such as 0.999; None: no availability was promised.
    """

    start: datetime
    end: datetime
    timetable: Timetable
    promised_ratio: float | None = None
    agreement: str | None = None

    def service_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the agreed service time within `[start, end)`. Raises OutOfRange."""
        first, last = max(start, self.start), min(end, self.end)
        if last <= first:
            return ZERO
        return self.timetable.open_time(first, last)

    def budget(self, start: datetime, end: datetime) -> timedelta | None:
        """Return the allowed downtime within `[start, end)`; None where nothing was promised."""
        if self.promised_ratio is None:
            return None
        return self.service_time(start, end) * (1 - self.promised_ratio)


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the timeline with its agreed service time.

    `promised_time` is the part of the agreed time for which an availability was promised.
    """

    segment: Segment
    agreed_time: timedelta
    promised_time: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """`count` failures, of which `repaired` have ended, after `repair_time` in all (elapsed time).

    Overlapping outages are one failure. A failure that reaches beyond the period ends with the last
    outage that started within it.
    """

    count: int = 0
    repaired: int = 0
    repair_time: timedelta = ZERO


@dataclass(frozen=True)
class Availability:
    """The availability of `[start, end)` as of `as_of`, which is before `end` while the period
    lasts.

    `agreed` is the agreed service time up to `as_of`, `agreed_whole` that up to `end`. `budget` is
    the allowed downtime of the whole period; None where nothing was promised. `parts` cover
    `[start, as_of)`; `agreement_periods` are the agreements by which it is computed.
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
        """The agreed service time that was down, outside agreed maintenance."""
        return self._agreed_time_in(part for part in self.parts if part.segment.state == "down")

    @cached_property
    def budget_downtime(self) -> timedelta:
        """The downtime for which an availability was promised: it uses up the budget."""
        return sum((p.promised_time for p in self.parts if p.segment.state == "down"), ZERO)

    @cached_property
    def excluded(self) -> timedelta:
        """The agreed service time that was down in agreed maintenance, which does not count."""
        maintained = (part for part in self.parts if part.segment.state == "maintenance")
        return self._agreed_time_in(part for part in maintained if part.segment.outages)

    @cached_property
    def degraded(self) -> timedelta:
        """The agreed service time in which only something that the service depends on was down."""
        return self._agreed_time_in(part for part in self.parts if part.segment.state == "degraded")

    @property
    def ratio(self) -> float | None:
        """1 - down / agreed; None where no service time was agreed."""
        return 1 - self.down / self.agreed if self.agreed else None

    @property
    def promised_ratio(self) -> float | None:
        """The promised availability of the whole period, from its budget; None without one."""
        if self.budget is None or not self.agreed_whole:
            return None
        return round(1 - self.budget / self.agreed_whole, 9)

    @property
    def budget_used(self) -> float | None:
        """The used share of the budget, above 1 when it is exceeded; None without a budget."""
        if self.budget is None:
            return None
        if self.budget:
            return self.budget_downtime / self.budget
        return float(self.budget_downtime > ZERO)

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept, or while the period lasts, can still be kept.

        None where nothing was promised. A budget used up exactly is kept.
        """
        return None if self.budget is None else self.budget_downtime <= self.budget

    @property
    def mttr(self) -> timedelta | None:
        """The mean elapsed time to repair of the failures that started here and ended."""
        return (
            self.failures.repair_time / self.failures.repaired if self.failures.repaired else None
        )

    @property
    def mtbf(self) -> timedelta | None:
        """The mean agreed service time between failures: uptime by the failures that started."""
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
    """Compute the availability of `[start, end)` as of `now`; open outages last until now.

    `agreed_periods` are disjoint; outside of them no service time was agreed. Maintenance is
    already excluded from `downtime_intervals`. Raises OutOfRange.
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
    """Return the agreed service time within `[start, end)`. Raises OutOfRange."""
    return sum((one.service_time(start, end) for one in periods), ZERO)


def budget(periods: Iterable[AgreedPeriod], start: datetime, end: datetime) -> timedelta | None:
    """Return the allowed downtime of `[start, end)`; None where nothing was promised."""
    budgets = [one.budget(start, end) for one in periods]
    promised_budgets = [one for one in budgets if one is not None]
    return sum(promised_budgets, ZERO) if promised_budgets else None


def count_failures(
    downtime_intervals: Sequence[DowntimeInterval], start: datetime, as_of: datetime, now: datetime
) -> Failures:
    """Count the failures that started in `[start, as_of)`.

    A failure wholly within agreed maintenance does not count; one that starts in maintenance counts
    from its first instant outside.
    """
    started = [one for one in downtime_intervals if one.start < as_of]
    spans = [Span(one.start, one.end) for one in started if one.effect in ("down", "excluded")]
    down_starts = sorted(one.start for one in started if one.effect == "down")
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
    """Return the first of the sorted instants within the span, its end included."""
    index = bisect_left(instants, span.start)
    if index == len(instants) or (span.end is not None and instants[index] > span.end):
        return None
    return instants[index]
