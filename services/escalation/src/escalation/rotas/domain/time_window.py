"""Weekly hours in local time: when a step may fire, when a layer of a rota counts. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from escalation.rotas.domain import local_time

Opening = tuple[datetime, datetime]

DAY = timedelta(days=1)
MAX_LOOKAHEAD_DAYS = 15
"""Enough for a weekly opening that one clock change removes: it is there again a week later."""


@dataclass(frozen=True, slots=True)
class Window:
    """`[starts_at, ends_at)` on some weekdays (Monday is 0) in the local time of `zone`.

    With `ends_at <= starts_at` it runs into the next day.
    """

    weekdays: frozenset[int]
    starts_at: time
    ends_at: time
    zone: str

    def opening_on(self, day: date) -> Opening | None:
        """The opening that begins on a local date; None where there is none.

        Where a wall-clock time comes twice, it starts at the first and ends at the last occurrence.
        """
        if day.weekday() not in self.weekdays:
            return None
        last_day = day if self.ends_at > self.starts_at else day + DAY
        opens = local_time.to_instant(datetime.combine(day, self.starts_at), self.zone)
        closes = local_time.to_instant(
            datetime.combine(last_day, self.ends_at), self.zone, last=True
        )
        return (opens, closes) if opens < closes else None

    def openings(self, at: datetime, days: int) -> Iterator[Opening]:
        """Openings from the day before `at` until `days` after it, in order."""
        today = local_time.to_local(at, self.zone).date()
        dates = (today + timedelta(days=offset) for offset in range(-2, days + 1))
        return (opening for opening in map(self.opening_on, dates) if opening)


def is_open(windows: Sequence[Window], at: datetime) -> bool:
    """Whether any window is open at `at`; always when there are no windows."""
    return not windows or any(
        opens <= at < closes for window in windows for opens, closes in window.openings(at, 0)
    )


def next_open(windows: Sequence[Window], at: datetime) -> datetime:
    """`at` itself when open, else the next instant at which a window opens (E15).

    Raises ValueError when none opens within a fortnight, as without weekdays.
    """
    if is_open(windows, at):
        return at
    ahead = (
        opens for w in windows for opens, _ in w.openings(at, MAX_LOOKAHEAD_DAYS) if opens > at
    )
    return min(ahead)
