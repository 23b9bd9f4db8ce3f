"""Figures, dates, durations and lists as the reader's language writes them, by CLDR's rules. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from common.wording import format_duration
from sla.rendering.words import Words

NO_VALUE = "–"  # noqa: RUF001 (a dash, not a minus)
DAY_SECONDS = 86_400
_DAY_FORMATS = {"de": "d. MMMM y"}
_SHORT_DAY_FORMATS = {"de": "d. MMM y"}


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

    def short_day(self, day: date) -> str:
        """Return a date for a narrow column: `1 Jan 2026`."""
        pattern = _SHORT_DAY_FORMATS.get(self._locale, "d MMM y")
        return str(format_date(day, pattern, locale=self._locale))

    def weekday_and_day(self, day: date) -> str:
        """Return a date such as `Thu 1 January 2026`."""
        return str(format_date(day, f"EEE {self._day_format}", locale=self._locale))

    @property
    def _day_format(self) -> str:
        return _DAY_FORMATS.get(self._locale, "d MMMM y")

    def month(self, first: date) -> str:
        """Return a month such as `January 2026`."""
        return str(format_date(first, "LLLL y", locale=self._locale))

    def short_month(self, first: date) -> str:
        """Return a month for a chart: `Jan 26`."""
        return str(format_date(first, "LLL yy", locale=self._locale))

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

    def short_moment(self, at: datetime) -> str:
        """Return an instant for a narrow column, with its time: `1 Jan 2026 09:30`."""
        local = at.astimezone(self.zone)
        return f"{self.short_day(local.date())} {local:%H:%M}"

    def window(self, start: datetime, end: datetime) -> str:
        """Return `[start, end)` with its times; the date once where it is within a day."""
        same_day = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        until = f"{end.astimezone(self.zone):%H:%M}" if same_day else self.moment(end)
        return self.words("to", start=self.moment(start), end=until)

    def first_day(self, start: datetime) -> str:
        """Return the start of `[start, …)` for a narrow column: at a midnight the date alone."""
        local = start.astimezone(self.zone)
        is_whole = is_midnight(local)
        return self.short_day(local.date()) if is_whole else self.short_moment(start)

    def last_day(self, end: datetime) -> str:
        """Return the end of `[…, end)`: at a midnight the last day that it includes."""
        local = end.astimezone(self.zone)
        if is_midnight(local):
            return self.short_day(local.date() - timedelta(days=1))
        return self.short_moment(end)

    def span(self, span: timedelta) -> str:
        """Return a duration such as `4 hours` or `1 hour 30 minutes`."""
        return format_duration(span, locale=self._locale, length="long")

    def duration(self, seconds: float) -> str:
        """Return a duration for a narrow column, to the second: `191 hr 30 min`."""
        return format_duration(seconds, locale=self._locale)

    def elapsed(self, seconds: float) -> str:
        """Return time by the clock on the wall, of which a day has 24 hours: `33 days 4 hr`, to the
        minute below a day."""
        days, rest = divmod(int(seconds), DAY_SECONDS)
        if not days:
            return self.duration(rest - rest % 60 if rest >= 60 else rest)
        parts = [str(format_unit(days, "duration-day", "short", locale=self._locale))]
        return " ".join([*parts, self.duration(rest - rest % 3600)] if rest >= 3600 else parts)

    def share(self, share: float) -> str:
        """Return a share of 1 such as `99.9 %`, with up to six digits."""
        return f"{self.number(Decimal(f'{share * 100:.6g}'), '#,##0.######')} %"

    def rounded_share(self, share: float | None) -> str:
        """Return a share such as `98.7 %`, rounded down, so that 100 % means all of them."""
        if share is None:
            return NO_VALUE
        return f"{self.number(Decimal(floor(share * 1000 + 1e-9)) / 10, '#,##0.#')} %"

    def uptime(self, share: float | None) -> str:
        """Return an availability such as `99.950 %`, rounded down to three digits."""
        if share is None:
            return NO_VALUE
        return f"{self.number(Decimal(floor(share * 100_000 + 1e-6)) / 1000, '#,##0.000')} %"

    def number(self, value: Decimal | float, pattern: str = "#,##0.######") -> str:
        return str(format_decimal(value, format=pattern, locale=self._locale))

    def money(self, amount: Decimal, currency: str) -> str:
        return str(format_currency(amount, currency, locale=self._locale))

    def names_of(self, names: Sequence[str]) -> str:
        """Return `a`, `a and b`, `a, b and c`."""
        return str(format_list(names, locale=self._locale)) if names else ""

    def weekday(self, index: int) -> str:
        """Return the name of a weekday: 0 is Monday."""
        return str(get_day_names("wide", "stand-alone", self._locale)[index])

    def metric(self, name: str) -> str:
        """Return the name of what is promised, such as `First response`."""
        return self.words.of_code("metric", name)


def is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
