"""Formats figures for people: shares, durations, instants in the customer's zone. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from common import wording

DAY_SECONDS = 86_400
NO_VALUE = "–"  # noqa: RUF001 (a dash, not a minus)

METRIC_NAMES = {
    "first_response": "First response",
    "next_reply": "Next reply",
    "update": "Regular update",
    "workaround": "Workaround",
    "resolution": "Resolution",
}


def metric_name(name: str) -> str:
    return METRIC_NAMES.get(name, name.replace("_", " ").capitalize())


def format_share(value: float | None) -> str:
    """A share such as `98.7 %`, rounded down, so that 100 % means all of them."""
    if value is None:
        return NO_VALUE
    tenths = int(value * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def format_uptime(value: float | None) -> str:
    """An availability such as `99.950 %`, rounded down to three digits."""
    return NO_VALUE if value is None else f"{int(value * 100_000 + 1e-6) / 1000:.3f} %"


def format_duration(seconds: float | None) -> str:
    """A duration to the second, in hours at most, as days of working time differ in length."""
    return NO_VALUE if seconds is None else wording.format_duration(seconds)


def format_elapsed(seconds: float) -> str:
    """Time by the clock on the wall, of which a day has 24 hours: `33 d 4 hr`, to the minute below a day."""
    days, rest = divmod(int(seconds), DAY_SECONDS)
    if not days:
        return wording.format_duration(rest - rest % 60 if rest >= 60 else rest)
    hours = rest // 3600
    return f"{days} d {hours} hr" if hours else f"{days} d"


def format_instant(at: datetime | None, zone: ZoneInfo) -> str:
    return NO_VALUE if at is None else f"{at.astimezone(zone):%d %b %Y %H:%M}"


def format_day(date_: date | None) -> str:
    return NO_VALUE if date_ is None else f"{date_:%d %b %Y}"


def pluralise(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
