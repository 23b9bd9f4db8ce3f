"""How values stand on paper for people; spreadsheets get the values themselves."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.reviews.domain import wording
from sla.reviews.paper import Kind, Value

NUMBERS = frozenset({"count", "share", "uptime", "lasting"})
"""Kinds of columns that are set flush right."""


def written(value: Value, kind: Kind, zone: ZoneInfo) -> str:
    """A dash where there is nothing to say."""
    if value is None:
        return wording.NO_VALUE
    if isinstance(value, datetime):
        return wording.format_instant(value, zone)
    if isinstance(value, date):
        return wording.format_day(value)
    if isinstance(value, str):
        return value
    return _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind == "share":
        return wording.format_share(value)
    if kind == "uptime":
        return wording.format_uptime(value)
    return wording.format_duration(value) if kind == "lasting" else f"{value:g}"
