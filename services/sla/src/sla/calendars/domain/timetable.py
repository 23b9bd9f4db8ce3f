"""A calendar's opening intervals, and the three questions that everything else asks (A2-A4). Pure.

The intervals of several years are kept as sorted epoch microseconds with cumulative sums, so that a
question costs two bisects however long it reaches. A table grows by years as questions need them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import merge

from sla.calendars.domain.calendar import Calendar, Span, local_openings, merged
from sla.calendars.domain.zone import BEGIN, END, FIRST_YEAR, LAST_YEAR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = 1_000_000
_PATIENCE = 1827 * 86_400 * _MICRO  # five years
_ZERO = timedelta(0)
_ONE = timedelta(microseconds=1)


class NeverOpens(ValueError):
    """The calendar has no opening within five years of the question (A4)."""

    def __init__(self, at: int) -> None:
        super().__init__(
            f"the calendar never opens within five years of {_instant(at).isoformat()}"
        )


class OutOfRange(ValueError):
    """The question or its answer lies outside the years that a calendar covers."""

    def __init__(self) -> None:
        super().__init__(f"calendars reach from {FIRST_YEAR} to {LAST_YEAR}")


class Timetable:
    """When a calendar is open. Only ever grows, and answers the same for ever."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = [0]  # open time before interval i; one more than there are
        self._deserts: list[Span] = []
        self._years: tuple[int, int] = (LAST_YEAR, FIRST_YEAR)  # none yet
        self._begin = self._end = 0

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant at which `amount` has been open since `start` (A3).

        A negative amount counts back, to the latest such instant; none at all answers `start`.
        Raises NeverOpens, OutOfRange.
        """
        since = self._covered(start)
        micros = amount // _ONE
        if micros == 0:
            self._must_open_near(since)
            return start
        reach = self._reach_forward if micros > 0 else self._reach_back
        reached = reach(since, micros)
        if self._deserts:
            self._crosses_no_desert(min(since, reached), max(since, reached))
        return _instant(reached)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time in `[start, end)`; zero when `end <= start`. Raises NeverOpens, OutOfRange."""
        if end <= start:
            return _ZERO
        counted = self.opened(start, end)
        if counted == _ZERO:
            self._must_open_near(self._covered(start), self._covered(end))
        return counted

    def opened(self, start: datetime, end: datetime) -> timedelta:
        """The same for `start <= end`, and zero where it never opens. Raises OutOfRange."""
        since, until = self._covered(start), self._covered(end)
        return (self._open_before(until) - self._open_before(since)) * _ONE

    def open(self, at: datetime) -> bool:
        """Whether `at` is working time (A2). Raises NeverOpens, OutOfRange."""
        moment = self._covered(at)
        found = bisect_right(self._starts, moment) - 1
        if found >= 0 and moment < self._ends[found]:
            return True
        self._must_open_near(moment)
        return False

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals within `[start, end)`, in order."""
        since, until = self._covered(start), self._covered(end)
        for found in range(bisect_right(self._ends, since), bisect_left(self._starts, until)):
            opens, closes = (
                max(self._starts[found], since),
                min(self._ends[found], until),
            )
            if opens < closes:
                yield _instant(opens), _instant(closes)

    def _reach_forward(self, since: int, amount: int) -> int:
        years = 1
        while (wanted := self._open_before(since) + amount) > self._before[-1]:
            idle_since = max(self._ends[-1], since) if self._ends else since
            if self._end - idle_since > _PATIENCE:
                raise NeverOpens(idle_since)
            self._widen(self._years[0], self._years[1] + years)
            years *= 2
        found = bisect_left(self._before, wanted) - 1
        return self._starts[found] + wanted - self._before[found]

    def _reach_back(self, since: int, amount: int) -> int:
        years = 1
        while (wanted := self._open_before(since) + amount) < 0:
            idle_until = min(self._starts[0], since) if self._starts else since
            if idle_until - self._begin > _PATIENCE:
                raise NeverOpens(idle_until)
            self._widen(self._years[0] - years, self._years[1])
            years *= 2
        found = bisect_right(self._before, wanted) - 1
        return self._starts[found] + wanted - self._before[found]

    def _crosses_no_desert(self, low: int, high: int) -> None:
        # Not where the table happens to end, but how long it stayed shut decides: same for ever.
        for begin, end in self._deserts:
            if min(end, high) - max(begin, low) > _PATIENCE:
                raise NeverOpens(max(begin, low))

    def _open_before(self, moment: int) -> int:
        found = bisect_right(self._starts, moment) - 1
        if found < 0:
            return 0
        return self._before[found] + min(moment, self._ends[found]) - self._starts[found]

    def _must_open_near(self, since: int, until: int | None = None) -> None:
        low, high = since - _PATIENCE, (until or since) + _PATIENCE
        if self._opens_within(low, high):
            return
        self._cover(_year(max(low, BEGIN * _MICRO)), _year(min(high, END * _MICRO - 1)))
        if not self._opens_within(low, high):
            raise NeverOpens(since)

    def _opens_within(self, low: int, high: int) -> bool:
        found = bisect_right(self._ends, low)
        return found < len(self._starts) and self._starts[found] < high

    def _covered(self, at: datetime) -> int:
        """`at` in epoch microseconds, once the years around it are in the table."""
        moment = (at - _EPOCH) // _ONE
        if not self._begin <= moment < self._end:
            if not BEGIN * _MICRO <= moment < END * _MICRO:
                raise OutOfRange
            year = _year(moment)
            self._cover(year - 1, year + 1)
        return moment

    def _widen(self, first: int, last: int) -> None:
        covered = self._years
        self._cover(first, last)
        if self._years == covered:
            raise OutOfRange

    def _cover(self, first: int, last: int) -> None:
        had = max(self._years[1] - self._years[0] + 1, 0)
        # Threefold at a time: whoever asks about one year after the other fills it but a few times.
        first = min(first, self._years[0] - had) if first < self._years[0] else self._years[0]
        last = max(last, self._years[1] + had) if last > self._years[1] else self._years[1]
        years = max(first, FIRST_YEAR), min(last, LAST_YEAR)
        if years != self._years:
            self._fill(*years)

    def _fill(self, first: int, last: int) -> None:
        self._years = (first, last)
        self._begin, self._end = _midnight(first), _midnight(last + 1)
        self._starts, self._ends, self._before = [], [], [0]
        opened = _instants(self.calendar, date(first - 1, 12, 30), date(last + 1, 1, 2))
        for start, end in merged(merge(opened, self.calendar.extensions)):
            opens, closes = (
                max(start * _MICRO, self._begin),
                min(end * _MICRO, self._end),
            )
            if opens < closes:
                self._starts.append(opens)
                self._ends.append(closes)
                self._before.append(self._before[-1] + closes - opens)
        gaps = zip([self._begin, *self._ends], [*self._starts, self._end], strict=True)
        self._deserts = [(shut, opens) for shut, opens in gaps if opens - shut > _PATIENCE]


def _instants(calendar: Calendar, first: date, last: date) -> Iterator[Span]:
    """The open wall-clock spans as epoch seconds: each taken wherever the zone shows it (A2)."""
    local = local_openings(calendar, first, last)
    joined: Span | None = None
    for since, until, offset in calendar.zone.stretches():
        if not local or until + offset <= local[0][0] or local[-1][1] <= since + offset:
            continue
        found = bisect_right(local, since + offset, key=lambda span: span[1])
        while found < len(local) and local[found][0] < until + offset:
            start, end = local[found]
            span = max(start - offset, since), min(end - offset, until)
            if joined and joined[1] == span[0]:
                span = joined[0], span[1]
            elif joined:
                yield joined
            joined = span
            found += 1
    if joined:
        yield joined


def _midnight(year: int) -> int:
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _ONE


def _year(moment: int) -> int:
    return _instant(moment).year


def _instant(moment: int) -> datetime:
    return _EPOCH + moment * _ONE
