"""Validities and opening hours as a contract writes them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global

from sla.agreements.documents.contract_words import CONTRACT
from sla.calendars.domain.calendar import DAY, Hours, Span
from sla.rendering import notation
from sla.rendering.notation import is_midnight


@dataclass(frozen=True, slots=True)
class Formats(notation.Formats):
    """How a reader of a contract writes figures; instants are those of `zone`."""

    @classmethod
    def of(cls, language: str, zone: str) -> "Formats":
        """Return those of a contract in this language, else in English."""
        return cls(CONTRACT.words(language), ZoneInfo(zone))

    def period(self, start: datetime, end: datetime | None) -> str:
        """Return a validity `[start, end)`: whole days include the last one."""
        begins = self.instant(start)
        if end is None:
            return self.words("from_on", start=begins)
        local = end.astimezone(self.zone)
        if is_midnight(local):
            last = self.day(local.date() - timedelta(days=1))
            return self.words("from_until", start=begins, end=last)
        return self.words("from_until_time", start=begins, end=self.instant(end))

    def hours(self, hours: Hours) -> str:
        """Return the hours of a day, such as `08:00 to 12:00, 13:00 to 17:00`."""
        if hours == ((0, DAY),):
            return self.words("around_the_clock")
        return ", ".join(map(self.hour_span, hours)) or self.words("closed")

    def hour_span(self, span: Span) -> str:
        start, end = span
        name = "next_day" if end > DAY else "to"
        return self.words(name, start=_clock(start), end=_clock(end - DAY if end > DAY else end))


def country_of(zone: str) -> str | None:
    """Return the country of a time zone, as two letters; None for a zone of none."""
    country: str | None = get_global("zone_territories").get(zone)
    return country


def _clock(seconds: int) -> str:
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}{rest}"
