"""Calendar months, from midnight to midnight in a customer's zone. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTH_FORMAT = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1972, 2098
"""The years whose months can be reported on: calendars cover them, and a year or two around them."""
MIN_DAY, MAX_DAY = date(1970, 1, 1), date(2200, 1, 1)
"""The days that reports and rate cards may name: `[MIN_DAY, MAX_DAY]`."""


class InvalidMonth(ValueError):
    """A text that is not a month which can be reported on. The message says what to write."""


class Span(NamedTuple):
    """The instants `[since, until)`, in UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, `2026-06` as text. `number` is 1 to 12."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def title(self) -> str:
        return f"{date(self.year, self.number, 1):%B %Y}"

    @property
    def before(self) -> "Month":
        return self.plus(-1)

    @property
    def after(self) -> "Month":
        return self.plus(1)

    def plus(self, months: int) -> "Month":
        years, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, number + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def days(self) -> tuple[date, ...]:
        length = (self.after.first - self.first).days
        return tuple(self.first + timedelta(days=day) for day in range(length))

    def span(self, zone: ZoneInfo) -> Span:
        """The month in a zone, from its first midnight to that of the next month.

        Where a zone skips midnight, the first instant after it counts; where it comes twice, the
        first one.
        """
        return Span(self._start(zone), self.after._start(zone))

    def _start(self, zone: ZoneInfo) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=zone).astimezone(UTC)


def parse_month(text: str) -> Month:
    """Parse a month such as `2026-06`. Raises InvalidMonth."""
    match = _MONTH_FORMAT.fullmatch(text)
    if match is None:
        raise InvalidMonth("write the month like 2026-06")
    year, number = int(match[1]), int(match[2])
    if not 1 <= number <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidMonth(f"give a month from {FIRST_YEAR}-01 to {LAST_YEAR}-12")
    return Month(year, number)


def check_month(text: str | None) -> str | None:
    """The text, where it is a month that can be reported on. Raises InvalidMonth."""
    if text is not None:
        parse_month(text)
    return text


def month_of(at: datetime, zone: ZoneInfo) -> Month:
    """The month in which the instant lies in this zone."""
    local = at.astimezone(zone)
    return Month(local.year, local.month)


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone of that name; UTC where this machine does not know it. Reports name the zone used."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
