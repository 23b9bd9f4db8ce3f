"""The volume of tickets, the backlog and its ages. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise

AGE_CLASS_STARTS_DAYS = (0, 1, 3, 7, 14, 30, 90)
"""The ages in days at which the classes of age begin; the last class has no end."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Counts of events in a period. `entered` tickets became open, `gone` ones ceased to be open."""

    opened: int = 0
    resolved: int = 0
    rejected: int = 0
    reopened: int = 0
    merged: int = 0
    entered: int = 0
    gone: int = 0

    @property
    def reopen_rate(self) -> float | None:
        """The share of resolutions that customers did not accept; None where nothing was resolved."""
        return self.reopened / self.resolved if self.resolved else None

    @property
    def backlog_change(self) -> int:
        """The change in the number of open tickets."""
        return self.entered - self.gone

    def __add__(self, other: "Volume") -> "Volume":
        return Volume(
            self.opened + other.opened,
            self.resolved + other.resolved,
            self.rejected + other.rejected,
            self.reopened + other.reopened,
            self.merged + other.merged,
            self.entered + other.entered,
            self.gone + other.gone,
        )


@dataclass(frozen=True, slots=True)
class Backlog:
    """A number of open tickets, and the sum of their openings in epoch seconds."""

    tickets: int = 0
    epochs: int = 0

    def mean_age(self, until: date) -> float | None:
        """Their mean age at the end of the day before `until` (UTC), in seconds."""
        end = datetime.combine(until, time(), UTC).timestamp()
        return max(0.0, end - self.epochs / self.tickets) if self.tickets > 0 else None

    def __add__(self, other: "Backlog") -> "Backlog":
        return Backlog(self.tickets + other.tickets, self.epochs + other.epochs)


@dataclass(frozen=True, slots=True)
class AgeClass:
    """The number of open tickets with an age in `[from_days, to_days)`; None: no end."""

    from_days: int
    to_days: int | None
    tickets: int


def age_classes(open_by_day: Iterable[tuple[date, int]], today: date) -> list[AgeClass]:
    """The classes of age of open tickets, which are given by the day of their opening."""
    tickets_by_start = dict.fromkeys(AGE_CLASS_STARTS_DAYS, 0)
    for day, tickets in open_by_day:
        age = max(0, (today - day).days)
        tickets_by_start[max(start for start in AGE_CLASS_STARTS_DAYS if start <= age)] += tickets
    bounds = [*pairwise(AGE_CLASS_STARTS_DAYS), (AGE_CLASS_STARTS_DAYS[-1], None)]
    return [AgeClass(start, end, tickets_by_start[start]) for start, end in bounds]
