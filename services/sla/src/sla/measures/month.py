"""A calendar month in a zone, as instants. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Month:
    """`year` and `month` (1-12)."""

    year: int
    month: int

    @classmethod
    def read(cls, written: str) -> "Month":
        """`2026-06`. Raises ValueError for anything else."""
        year, month = (int(part) for part in written.split("-"))
        return cls(year, month) if 1 <= month <= 12 else _none(written)

    @classmethod
    def of(cls, at: datetime, zone: str) -> "Month":
        local = at.astimezone(ZoneInfo(zone))
        return cls(local.year, local.month)

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """`[since, until)` in UTC: from local midnight of the first to that of the next first."""
        following = Month(self.year + self.month // 12, self.month % 12 + 1)
        return self._begin(zone), following._begin(zone)

    def _begin(self, zone: str) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def covered_until(now: datetime, since: datetime, until: datetime) -> timedelta:
    """How much of `[since, until)` is over by now."""
    return max(min(now, until) - since, timedelta(0))


def _none(written: str) -> Month:
    raise ValueError(f"{written!r} is no month")
