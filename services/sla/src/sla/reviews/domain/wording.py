"""How figures are written for people: shares, spans of time, instants on the customer's wall. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

NO_VALUE = "–"  # noqa: RUF001 (a dash, not a minus)

METRIC_NAMES = {
    "first_response": "First response",
    "next_reply": "Next reply",
    "update": "Regular update",
    "workaround": "Workaround",
    "resolution": "Resolution",
}
DELIVERY_STATE_NAMES = {
    "evaluating": "being checked",
    "in_review": "in review",
    "approved": "approved",
    "deferred": "deferred",
    "delivering": "being delivered",
    "verifying": "being verified",
    "delivered": "delivered",
    "rolled_back": "rolled back",
    "refused": "refused",
}
BREACH_REASONS = {
    "deadline": "The target time ran out",
    "target_changed": "A change of priority or agreement moved the deadline into the past",
    "reclassified": "The ticket was corrected, and its deadline had passed by then",
}


def metric_name(name: str) -> str:
    return METRIC_NAMES.get(name, name.replace("_", " ").capitalize())


def format_share(value: float | None) -> str:
    """`98.7 %`: rounded down, so that 100 % means every one."""
    if value is None:
        return NO_VALUE
    tenths = int(value * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def format_uptime(value: float | None) -> str:
    """Three digits, rounded down: 99.995 % is not 100 %."""
    return NO_VALUE if value is None else f"{int(value * 100_000 + 1e-6) / 1000:.3f} %"


def format_duration(seconds: float | None) -> str:
    """`2 d 3 h`, `4 h 05 min`, `12 min`, `40 s`: two parts, which is as much as people compare."""
    if seconds is None:
        return NO_VALUE
    whole_seconds = round(seconds)
    if whole_seconds < 60:
        return f"{whole_seconds} s"
    minutes = whole_seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def format_instant(at: datetime | None, zone: ZoneInfo) -> str:
    return NO_VALUE if at is None else f"{at.astimezone(zone):%d %b %Y %H:%M}"


def format_day(date_: date | None) -> str:
    return NO_VALUE if date_ is None else f"{date_:%d %b %Y}"


def compare_counts(current: int, previous: int) -> str:
    """`3 more than the month before`."""
    if current == previous:
        return "as in the month before"
    return f"{abs(current - previous)} {'more' if current > previous else 'fewer'} than the month before"


def compare_shares(current: float | None, previous: float | None) -> str:
    """How far apart two shares are, in percentage points."""
    if current is None or previous is None:
        return "nothing to compare with"
    difference = round((current - previous) * 100, 1)
    if not difference:
        return "as in the month before"
    return f"{'up' if difference > 0 else 'down'} {abs(difference):g} points on the month before"


def pluralise(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


VERDICT_NAMES = {"met": "kept", "breached": "missed", "unmeasured": "not measured"}
"""What became of a promised figure."""
