"""Durations and instants in words, exactly and alike everywhere, by CLDR's rules (`babel`). Pure."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from babel.dates import format_datetime
from babel.units import format_unit

SECOND = timedelta(seconds=1)
LOCALE = "en"
Length = Literal["short", "long"]
_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))


def format_duration(
    span: timedelta | float, *, locale: str = LOCALE, length: Length = "short"
) -> str:
    """`191 hr 30 min`, `40 sec`, `0 sec`, `-2 hr`: nothing rounded but parts of a second, downwards.

    A number is seconds. Hours are the largest unit: a day of service time has not 24 of them.
    `length` long: `191 hours 30 minutes`, as in a contract.
    """
    whole = int(span // SECOND if isinstance(span, timedelta) else span)
    parts: list[str] = []
    left = abs(whole)
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count or (unit == "second" and not parts):
            parts.append(_part(count, unit, locale, length))
    return ("-" if whole < 0 else "") + " ".join(parts)


@lru_cache(maxsize=4096)
def _part(count: int, unit: str, locale: str, length: Length) -> str:
    return format_unit(count, f"duration-{unit}", length, locale=locale)


def format_instant(
    at: datetime, zone: tzinfo, *, seconds: bool = True, locale: str = LOCALE
) -> str:
    """`Mon 01 Jun 2026 09:00:00 CEST`, with milliseconds where there are any."""
    there = at.astimezone(zone)
    times = "HH:mm"
    if seconds:
        times += ":ss.SSS" if there.microsecond // 1000 else ":ss"
    written = format_datetime(there, f"EEE dd MMM y {times}", tzinfo=zone, locale=locale)
    return f"{written} {there:%Z}"
