"""How figures are written for people: shares, spans of time, instants on the customer's wall. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from common.wording import format_duration

NOTHING = "–"  # noqa: RUF001 (a dash, not a minus)

METRICS = {
    "first_response": "First response",
    "next_reply": "Next reply",
    "update": "Regular update",
    "workaround": "Workaround",
    "resolution": "Resolution",
}


def metric(name: str) -> str:
    return METRICS.get(name, name.replace("_", " ").capitalize())


def share(value: float | None) -> str:
    """`98.7 %`: rounded down, so that 100 % means every one."""
    if value is None:
        return NOTHING
    tenths = int(value * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def uptime(value: float | None) -> str:
    """Three digits, rounded down: 99.995 % is not 100 %."""
    return NOTHING if value is None else f"{int(value * 100_000 + 1e-6) / 1000:.3f} %"


def duration(seconds: float | None) -> str:
    """Exact to the second, in hours at most: what counts is often time of a calendar."""
    return NOTHING if seconds is None else format_duration(seconds)


def instant(at: datetime | None, zone: ZoneInfo) -> str:
    return NOTHING if at is None else f"{at.astimezone(zone):%d %b %Y %H:%M}"


def day(on: date | None) -> str:
    return NOTHING if on is None else f"{on:%d %b %Y}"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
