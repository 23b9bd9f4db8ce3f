"""The month that J15 plays: its data, from `deploy/demo/month.toml`, and its working days."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from opsdesk.journeys.support_hours import AMSTERDAM, DAY, dutch_holidays, is_working_day
from opsdesk_local.state import CLONE

MONTH_FILE = CLONE / "deploy" / "demo" / "month.toml"
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MonthData:
    """The sections of the file, each a list of entries."""

    tickets: Sequence[Entry]
    outages: Sequence[Entry]
    corrections: Sequence[Entry]
    maintenance: Sequence[Entry]
    reviews: Sequence[Entry]


def read_month_data() -> MonthData:
    sections = tomllib.loads(MONTH_FILE.read_text())
    return MonthData(**sections)


@dataclass(frozen=True)
class Calendar:
    """The month after an instant; its instants are written as `3 09:30`, the third working day."""

    first: date

    @classmethod
    def after(cls, at: datetime) -> "Calendar":
        day = at.astimezone(AMSTERDAM).date().replace(day=1)
        return cls((day + 32 * DAY).replace(day=1))

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first, time(), AMSTERDAM)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine((self.first + 32 * DAY).replace(day=1), time(), AMSTERDAM)

    @cached_property
    def working_days(self) -> Sequence[date]:
        closed = dutch_holidays(self.first.year)
        days = (self.first + number * DAY for number in range(31))
        return [one for one in days if is_working_day(one, closed)]

    def at(self, text: str) -> datetime:
        """Return the instant of such a text."""
        number, clock = text.split()
        day = self.working_days[int(number) - 1]
        return datetime.combine(day, time.fromisoformat(clock), AMSTERDAM)
