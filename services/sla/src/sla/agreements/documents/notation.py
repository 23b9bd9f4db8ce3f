"""Dates, hours, sums and lists as the reader's language writes them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date, format_datetime, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from common.wording import format_duration
from sla.agreements.documents.words import Words
from sla.calendars.domain.calendar import DAY, Hours, Span

_DAY_FORMATS = {"de": "d. MMMM y"}


@dataclass(frozen=True, slots=True)
class Formats:
    """How a reader of these words writes figures; instants are those of `zone`."""

    words: Words
    zone: ZoneInfo

    @property
    def _locale(self) -> str:
        return self.words.language

    def day(self, day: date) -> str:
        """Return a date such as `1 January 2026`, without the weekday."""
        return str(format_date(day, self._day_format, locale=self._locale))

    def weekday_and_day(self, day: date) -> str:
        """Return a date such as `Thu 1 January 2026`."""
        return str(format_date(day, f"EEE {self._day_format}", locale=self._locale))

    @property
    def _day_format(self) -> str:
        return _DAY_FORMATS.get(self._locale, "d MMMM y")

    def instant(self, at: datetime) -> str:
        """Return an instant such as `1 January 2026 09:30`; at midnight the date alone."""
        local = at.astimezone(self.zone)
        if not is_midnight(local):
            pattern = f"{self._day_format} HH:mm"
            return str(format_datetime(local, pattern, tzinfo=self.zone, locale=self._locale))
        return self.day(local.date())

    def moment(self, at: datetime) -> str:
        """Return an instant with its time, also at midnight."""
        local = at.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def window(self, start: datetime, end: datetime) -> str:
        """Return `[start, end)` with its times; the date once where it is within a day."""
        same_day = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        until = f"{end.astimezone(self.zone):%H:%M}" if same_day else self.moment(end)
        return self.words("to", start=self.moment(start), end=until)

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

    def span(self, span: timedelta) -> str:
        """Return a duration such as `4 hours` or `1 hour 30 minutes`."""
        return format_duration(span, locale=self._locale, length="long")

    def share(self, share: float) -> str:
        """Return a share of 1 such as `99.9 %`, with up to six digits."""
        percent = Decimal(f"{share * 100:.6g}")
        return f"{format_decimal(percent, format='#,##0.######', locale=self._locale)} %"

    def money(self, amount: Decimal, currency: str) -> str:
        return str(format_currency(amount, currency, locale=self._locale))

    def names(self, names: Sequence[str]) -> str:
        """Return `a`, `a and b`, `a, b and c`."""
        return str(format_list(names, locale=self._locale)) if names else ""

    def weekday(self, index: int) -> str:
        """Return the name of a weekday: 0 is Monday."""
        return str(get_day_names("wide", "stand-alone", self._locale)[index])

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


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def _clock(seconds: int) -> str:
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}{rest}"
