"""The period of a report, its steps, and the figures that add up to it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Step = Literal["day", "week", "month"]
Dimension = Literal["service", "priority", "kind"]
Span = Literal["day", "month", "total", Dimension]
"""What a figure covers: a day or a month by service, priority and kind; `total`: a month with all of
these together; `service`, `priority`, `kind`: a month by that one alone."""
ONE_DAY = timedelta(days=1)


class Piece(NamedTuple):
    """The days `[since, until)`, to be added up from figures of this span."""

    span: Span
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Period:
    """The days `[since, until)`."""

    since: date
    until: date

    def pieces(self, step: Step | None = None, months: Span = "month") -> list[Piece]:
        """The period in pieces: whole months from `months` where the steps allow, else days."""
        first, last = _first_full_month(self.since), self.until.replace(day=1)
        if step in ("day", "week") or first >= last:
            return [Piece("day", self.since, self.until)]
        pieces = [
            Piece("day", self.since, first),
            Piece(months, first, last),
            Piece("day", last, self.until),
        ]
        return [piece for piece in pieces if piece.since < piece.until]

    def steps(self, step: Step | None) -> list["Period"]:
        """The steps of the period; the first and the last may be shorter. Weeks begin on Monday."""
        return list(self._steps(step)) if step else [self]

    def previous(self) -> "Period":
        """The period of the same length just before."""
        return Period(self.since - (self.until - self.since), self.since)

    def _steps(self, step: Step) -> Iterator["Period"]:
        since = self.since
        while since < self.until:
            until = min(next_step_start(since, step), self.until)
            yield Period(since, until)
            since = until


def next_step_start(day: date, step: Step) -> date:
    """The first day of the step after that of `day`."""
    match step:
        case "day":
            return day + ONE_DAY
        case "week":
            return day + (7 - day.weekday()) * ONE_DAY
        case "month":
            return (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)


def step_start(day: date, step: Step) -> date:
    """The first day of the step of `day`."""
    match step:
        case "day":
            return day
        case "week":
            return day - day.weekday() * ONE_DAY
        case "month":
            return day.replace(day=1)


def _first_full_month(day: date) -> date:
    """The first day of a month that is not before `day`."""
    return day if day.day == 1 else next_step_start(day, "month")
