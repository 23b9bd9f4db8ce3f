"""Computes with the opening intervals of a calendar: `after`, `between`, `is_open` (A2-A4). Pure.

A `Timetable` keeps the openings of several years as sorted epoch microseconds with cumulative sums,
so that a question takes two bisections, however far it reaches. It grows by years as needed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import merge

from sla.calendars.domain.calendar import Calendar, Span, merge_spans, open_spans
from sla.calendars.domain.zone import FIRST_YEAR, LAST_YEAR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROS_PER_SECOND = 1_000_000
_MAX_CLOSED_MICROS = 1827 * 86_400 * _MICROS_PER_SECOND  # five years
_ZERO = timedelta(0)
_MICROSECOND = timedelta(microseconds=1)


class NeverOpens(ValueError):
    """The calendar has no opening within five years of `at`, in epoch microseconds (A4)."""

    def __init__(self, at: int) -> None:
        super().__init__(
            f"the calendar never opens within five years of {_instant(at).isoformat()}"
        )


class OutOfRange(ValueError):
    """An instant outside the years that a table covers, as a question or as its answer."""

    def __init__(self, first_year: int, last_year: int) -> None:
        super().__init__(f"it is computed with the years from {first_year} to {last_year}")


class Timetable:
    """The opening intervals of a calendar, in the `years` from first to last and never beyond.

    Filling in more years never changes an answer, so a table may be shared and kept for ever.
    """

    def __init__(
        self, calendar: Calendar, years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR)
    ) -> None:
        self.calendar = calendar
        self._limits = years
        self._earliest, self._latest = _midnight(years[0]), _midnight(years[1] + 1)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._cumulative: list[int] = [0]  # open time before interval i; one more than there are
        self._long_closures: list[Span] = []
        self._years: tuple[int, int] = (years[1], years[0])  # none yet
        self._begin = self._end = _EPOCH
        # A clock asks from where it asked up to before: the last answer is remembered.
        self._last_answer: tuple[datetime | None, int] = (None, 0)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant at which `amount` of open time has passed since `start` (A3).

        A negative amount counts back, to the latest such instant; zero gives `start` itself.
        Raises NeverOpens, OutOfRange.
        """
        self._cover_instants(start, start)
        micros = amount // _MICROSECOND
        if micros == 0:
            self._must_open_near(_micros(start))
            return start
        reached = (
            self._reach_forward(start, micros) if micros > 0 else self._reach_back(start, micros)
        )
        if self._long_closures:
            self._check_long_closures(*sorted((_micros(start), reached)))
        return _instant(reached)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time in `[start, end)`; zero if `end <= start`. Raises NeverOpens, OutOfRange."""
        if end <= start:
            return _ZERO
        counted = self.open_time(start, end)
        if not counted:
            self._must_open_near(_micros(start), _micros(end))
        return counted

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """The same for `start <= end`, without NeverOpens: zero where it is closed. Raises OutOfRange."""
        self._cover_instants(start, end)
        open_before_start = self._open_before(start)
        return (self._open_before(end) - open_before_start) * _MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is working time (A2). Raises NeverOpens, OutOfRange."""
        self._cover_instants(at, at)
        moment = _micros(at)
        index = bisect_right(self._starts, moment) - 1
        if index >= 0 and moment < self._ends[index]:
            return True
        self._must_open_near(moment)
        return False

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals within `[start, end)`, in order, cut at both ends. Raises OutOfRange."""
        self._cover_instants(start, end)
        since, until = _micros(start), _micros(end)
        for index in range(bisect_right(self._ends, since), bisect_left(self._starts, until)):
            opens, closes = max(self._starts[index], since), min(self._ends[index], until)
            if opens < closes:
                yield _instant(opens), _instant(closes)

    def _reach_forward(self, start: datetime, amount: int) -> int:
        years = 1
        while (target := self._open_before(start) + amount) > self._cumulative[-1]:
            since, end = _micros(start), _micros(self._end)
            idle_since = max(self._ends[-1], since) if self._ends else since
            if end - idle_since > _MAX_CLOSED_MICROS:
                raise NeverOpens(idle_since)
            self._widen(self._years[0], self._years[1] + years)
            years *= 2
        index = bisect_left(self._cumulative, target) - 1
        return self._starts[index] + target - self._cumulative[index]

    def _reach_back(self, start: datetime, amount: int) -> int:
        years = 1
        while (target := self._open_before(start) + amount) < 0:
            since, begin = _micros(start), _micros(self._begin)
            idle_until = min(self._starts[0], since) if self._starts else since
            if idle_until - begin > _MAX_CLOSED_MICROS:
                raise NeverOpens(idle_until)
            self._widen(self._years[0] - years, self._years[1])
            years *= 2
        index = bisect_right(self._cumulative, target) - 1
        return self._starts[index] + target - self._cumulative[index]

    def _check_long_closures(self, low: int, high: int) -> None:
        # How long it stays closed decides, not how far the table reaches, so answers never change.
        for begin, end in self._long_closures:
            if min(end, high) - max(begin, low) > _MAX_CLOSED_MICROS:
                raise NeverOpens(max(begin, low))

    def _open_before(self, at: datetime) -> int:
        """The open microseconds from the beginning of the table to a covered instant."""
        asked_before, answer = self._last_answer
        if at is asked_before:
            return answer
        moment = _micros(at)
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        end = self._ends[index]
        until = min(end, moment)
        answer = self._cumulative[index] + until - self._starts[index]
        self._last_answer = at, answer
        return answer

    def _must_open_near(self, since: int, until: int | None = None) -> None:
        """Raises NeverOpens unless it opens within five years of `[since, until]`."""
        low, high = since - _MAX_CLOSED_MICROS, (until or since) + _MAX_CLOSED_MICROS
        if self._opens_within(low, high):
            return
        earliest, latest = _micros(self._earliest), _micros(self._latest)
        self._cover(_year(max(low, earliest)), _year(min(high, latest - 1)))
        if not self._opens_within(low, high):
            raise NeverOpens(since)

    def _opens_within(self, low: int, high: int) -> bool:
        index = bisect_right(self._ends, low)
        return index < len(self._starts) and self._starts[index] < high

    def _cover_instants(self, start: datetime, end: datetime) -> None:
        """Fill in the years around both, if necessary. Raises OutOfRange."""
        if self._begin <= start <= end < self._end:
            return
        for at in (start, end):
            if not self._earliest <= at < self._latest:
                raise OutOfRange(*self._limits)
            year = at.astimezone(UTC).year
            self._cover(year - 1, year + 1)

    def _widen(self, first: int, last: int) -> None:
        """Fill in more years. Raises OutOfRange where there are none."""
        covered = self._years
        self._cover(first, last)
        if self._years == covered:
            raise OutOfRange(*self._limits)

    def _cover(self, first: int, last: int) -> None:
        covered_first, covered_last = self._years
        # Grows by its own length, so that year after year of questions fill it only a few times.
        growth = max(covered_last - covered_first + 1, 0)
        first = min(first, covered_first - growth) if first < covered_first else covered_first
        last = max(last, covered_last + growth) if last > covered_last else covered_last
        years = max(first, self._limits[0]), min(last, self._limits[1])
        if years != self._years:
            self._fill(*years)

    def _fill(self, first: int, last: int) -> None:
        self._years = (first, last)
        self._begin, self._end = _midnight(first), _midnight(last + 1)
        self._last_answer = None, 0
        begin, end = _micros(self._begin), _micros(self._end)
        self._starts, self._ends, self._cumulative = [], [], [0]
        openings = open_spans(self.calendar, date(first - 1, 12, 30), date(last + 1, 1, 2))
        for opened, closed in merge_spans(merge(openings, self.calendar.extensions)):
            opens = max(opened * _MICROS_PER_SECOND, begin)
            closes = min(closed * _MICROS_PER_SECOND, end)
            if opens < closes:
                self._starts.append(opens)
                self._ends.append(closes)
                self._cumulative.append(self._cumulative[-1] + closes - opens)
        gaps = zip([begin, *self._ends], [*self._starts, end], strict=True)
        self._long_closures = [
            (shut, opens) for shut, opens in gaps if opens - shut > _MAX_CLOSED_MICROS
        ]


def _midnight(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _year(moment: int) -> int:
    return _instant(moment).year


def _instant(moment: int) -> datetime:
    return _EPOCH + moment * _MICROSECOND
