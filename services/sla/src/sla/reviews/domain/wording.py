"""How figures are written for people: shares, spans of time, instants on the customer's wall. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

NOTHING = "–"  # noqa: RUF001 (a dash, not a minus)

METRICS = {
    "first_response": "First response",
    "next_reply": "Next reply",
    "update": "Regular update",
    "workaround": "Workaround",
    "resolution": "Resolution",
}
CHANGES = {
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
WHY = {
    "deadline": "The target time ran out",
    "target_changed": "A change of priority or agreement moved the deadline into the past",
    "reclassified": "The ticket was corrected, and its deadline had passed by then",
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


def lasting(seconds: float | None) -> str:
    """`2 d 3 h`, `4 h 05 min`, `12 min`, `40 s`: two parts, which is as much as people compare."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def instant(at: datetime | None, zone: ZoneInfo) -> str:
    return NOTHING if at is None else f"{at.astimezone(zone):%d %b %Y %H:%M}"


def day(on: date | None) -> str:
    return NOTHING if on is None else f"{on:%d %b %Y}"


def against(now: int, before: int) -> str:
    """`3 more than the month before`."""
    if now == before:
        return "as in the month before"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'} than the month before"


def points(now: float | None, before: float | None) -> str:
    """How far apart two shares are, in percentage points."""
    if now is None or before is None:
        return "nothing to compare with"
    apart = round((now - before) * 100, 1)
    if not apart:
        return "as in the month before"
    return f"{'up' if apart > 0 else 'down'} {abs(apart):g} points on the month before"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


VERDICTS = {"met": "kept", "breached": "missed", "unmeasured": "not measured"}
"""What became of a promised figure."""
