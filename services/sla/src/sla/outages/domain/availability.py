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
from sla.outages.domain.timeline import Segment, Span, Trouble, Window, strip, union

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Agreed:
    """While one version of an agreement held. `promised` is a share such as 0.999; None: nothing."""

    start: datetime
    end: datetime
    timetable: Timetable
    promised: float | None = None
    agreement: str | None = None

    def service_time(self, start: datetime, end: datetime) -> timedelta:
        """Agreed time within `[start, end)`. Zero where the calendar has none. Raises OutOfRange."""
        first, last = max(start, self.start), min(end, self.end)
        if last <= first:
            return ZERO
        return self.timetable.opened(first, last)

    def budget(self, start: datetime, end: datetime) -> timedelta | None:
        """How much of the service time within `[start, end)` may be down."""
        if self.promised is None:
            return None
        return self.service_time(start, end) * (1 - self.promised)


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the strip; `counted` is the agreed service time in it, `judged` what of that
    was covered by a promised share."""

    segment: Segment
    counted: timedelta
    judged: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """`repaired` of `count` have ended, after `repair` in all. Elapsed time, overlapping once. A
    failure that reaches beyond the period ends with the last outage that had begun by then."""

    count: int = 0
    repaired: int = 0
    repair: timedelta = ZERO


@dataclass(frozen=True)
class Availability:
    """Of `[start, end)` as it stands at `until`, which is before `end` while the period lasts.

    `agreed` is service time up to `until`, `agreed_whole` up to `end`. `budget` is how much of the
    whole may be down; None where nothing was promised. `parts` cover `[start, until)`, `stretches`
    are by what agreements it was judged.
    """

    start: datetime
    end: datetime
    until: datetime
    agreed: timedelta
    agreed_whole: timedelta
    budget: timedelta | None
    parts: tuple[Part, ...]
    failures: Failures
    stretches: tuple[Agreed, ...] = ()

    @cached_property
    def down(self) -> timedelta:
        """Agreed service time that was down outside agreed maintenance."""
        return self._sum(part for part in self.parts if part.segment.state == "down")

    @cached_property
    def judged(self) -> timedelta:
        """The same as far as a share was promised for it: what uses up the budget."""
        return sum((p.judged for p in self.parts if p.segment.state == "down"), ZERO)

    @cached_property
    def excluded(self) -> timedelta:
        """Agreed service time that was down in agreed maintenance, which does not count."""
        maintained = (part for part in self.parts if part.segment.state == "maintenance")
        return self._sum(part for part in maintained if part.segment.troubles)

    @cached_property
    def degraded(self) -> timedelta:
        """Agreed service time in which something beneath was down, and this was not."""
        return self._sum(part for part in self.parts if part.segment.state == "degraded")

    @property
    def share(self) -> float | None:
        """1 - down / agreed; None where no service time was agreed."""
        return 1 - self.down / self.agreed if self.agreed else None

    @property
    def promised(self) -> float | None:
        """The share that the budget leaves of the whole period."""
        if self.budget is None or not self.agreed_whole:
            return None
        return round(1 - self.budget / self.agreed_whole, 9)

    @property
    def used(self) -> float | None:
        """The share of the budget that is used up; 1 is all of it. None where there is none."""
        if self.budget is None:
            return None
        if self.budget:
            return self.judged / self.budget
        return float(self.judged > ZERO)

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; while the period lasts, whether it still can be. None
        where nothing was promised. Just used up is kept."""
        return None if self.budget is None else self.judged <= self.budget

    @property
    def mttr(self) -> timedelta | None:
        """Mean elapsed time to repair, of the failures that began in the period and have ended."""
        return self.failures.repair / self.failures.repaired if self.failures.repaired else None

    @property
    def mtbf(self) -> timedelta | None:
        """Mean agreed service time between failures: what was up, by the failures that began."""
        return (self.agreed - self.down) / self.failures.count if self.failures.count else None

    def _sum(self, parts: Iterable[Part]) -> timedelta:
        return sum((part.counted for part in parts), ZERO)


def availability(
    agreed: Sequence[Agreed],
    troubles: Sequence[Trouble],
    windows: Sequence[Window],
    start: datetime,
    end: datetime,
    now: datetime,
) -> Availability:
    """The availability of `[start, end)` as it stands at `now`; what is down still, is until now.

    `agreed` are disjoint; where none holds, no service time was agreed. Troubles are `excluded` by
    the windows already. Raises OutOfRange.
    """
    until = min(max(now, start), end)
    promised = [one for one in agreed if one.promised is not None]
    parts = tuple(
        Part(
            segment,
            service_time(agreed, segment.start, segment.end),
            service_time(promised, segment.start, segment.end),
        )
        for segment in strip(troubles, windows, start, until)
    )
    return Availability(
        start,
        end,
        until,
        service_time(agreed, start, until),
        service_time(agreed, start, end),
        budget(agreed, start, end),
        parts,
        failures(troubles, start, until, now),
        tuple(agreed),
    )


def service_time(agreed: Iterable[Agreed], start: datetime, end: datetime) -> timedelta:
    return sum((one.service_time(start, end) for one in agreed), ZERO)


def budget(agreed: Iterable[Agreed], start: datetime, end: datetime) -> timedelta | None:
    """How much of `[start, end)` may be down; None where nothing was promised for any of it."""
    allowed = [one.budget(start, end) for one in agreed]
    promised = [one for one in allowed if one is not None]
    return sum(promised, ZERO) if promised else None


def failures(
    troubles: Sequence[Trouble], start: datetime, until: datetime, now: datetime
) -> Failures:
    """Times that it went down in `[start, until)`, other than wholly within agreed maintenance: one
    that begins in it counts from the first instant outside."""
    begun = [trouble for trouble in troubles if trouble.start < until]
    lasted = [Span(t.start, t.end) for t in begun if t.effect in ("down", "excluded")]
    down = sorted(trouble.start for trouble in begun if trouble.effect == "down")
    began = [
        span
        for span in union(lasted)
        if (first := _first_within(span, down)) is not None and start <= first < until
    ]
    ended = [span.end - span.start for span in began if span.end is not None and span.end <= now]
    return Failures(len(began), len(ended), sum(ended, ZERO))


def _first_within(span: Span, instants: Sequence[datetime]) -> datetime | None:
    """The first of the sorted instants that lies in the span, its end included."""
    found = bisect_left(instants, span.start)
    if found == len(instants) or (span.end is not None and instants[found] > span.end):
        return None
    return instants[found]
