"""Instants and durations in words, in the reader's language and zone. Pure."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from console.language.catalogue import translations
from console.language.chosen import Reader

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
FAR: Final = 300 * DAY
"""A date further away than this is written with its year."""
REMEMBERED: Final = 8_192
"""Dates and minutes whose words are kept: a page has some fifty, mostly those of the page before."""


def parse(instant: str | datetime | None) -> datetime | None:
    """Return an instant as the services write it."""
    if instant is None or isinstance(instant, datetime):
        return instant
    return datetime.fromisoformat(instant)


def at(reader: Reader, instant: datetime) -> str:
    """The instant: of today the time alone, else with its day."""
    local, here = instant.astimezone(reader.zone), reader.moment.astimezone(reader.zone)
    time = f"{local:%H:%M}"
    if local.date() == here.date():
        return time
    return f"{_day(reader, instant)} {time}"


def in_full(reader: Reader, instant: datetime) -> str:
    """The instant with date, time and the zone's name: for titles and readers of screens."""
    return _minute(reader.language, reader.zone, instant.replace(second=0, microsecond=0))


# By instant and zone: the same instant in two zones is one and the same key.
@lru_cache(REMEMBERED)
def _minute(language: str, zone: ZoneInfo, instant: datetime) -> str:
    local = instant.astimezone(zone)
    return format_datetime(local, "EEEE d MMMM y, HH:mm zzzz", locale=language)


def _day(reader: Reader, instant: datetime) -> str:
    local = instant.astimezone(reader.zone)
    far = abs(instant - reader.moment) > FAR
    return _date(reader.language, local.date(), "d MMM y" if far else "EEE d MMM")


@lru_cache(REMEMBERED)
def _date(language: str, day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=language)


def duration(language: str, length: timedelta) -> str:
    """A length in at most two units: "3 h 10 min", "2 d 4 h", "41 min"; under a minute "< 1 min"."""
    text = translations(language)
    length = abs(length)
    if length < MINUTE:
        return str(text.gettext("< 1 min"))
    days, rest = divmod(length, DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    units = [
        (days, text.gettext("%(count)s d")),
        (hours, text.gettext("%(count)s h")),
        (minutes, text.gettext("%(count)s min")),
    ]
    first = next(number for number, (count, _) in enumerate(units) if count)
    shown = [unit % {"count": count} for count, unit in units[first : first + 2] if count]
    return " ".join(shown)


def working_time(language: str, length: timedelta) -> str:
    """A length of time that is counted, in hours and minutes: forty hours of support are no day and a half."""
    text = translations(language)
    hours, minutes = abs(length) // HOUR, abs(length) % HOUR // MINUTE
    if not hours:
        return duration(language, length)
    shown = [text.gettext("%(count)s h") % {"count": hours}]
    if minutes:
        shown.append(text.gettext("%(count)s min") % {"count": minutes})
    return " ".join(shown)


def left(reader: Reader, due: datetime) -> str:
    """How much is left until then, or how long ago it was."""
    text = translations(reader.language)
    length = duration(reader.language, due - reader.moment)
    if due <= reader.moment:
        return str(text.gettext("%(length)s ago")) % {"length": length}
    return str(text.gettext("in %(length)s")) % {"length": length}
