"""How values stand on document for people; spreadsheets get the values themselves."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.rendering import figures
from sla.rendering.document import Kind, Value

NUMBERS = frozenset({"count", "share", "uptime", "duration"})
"""Kinds of columns that are set flush right."""


def written(value: Value, kind: Kind, zone: ZoneInfo) -> str:
    """A dash where there is nothing to say."""
    if value is None:
        return figures.NO_VALUE
    if isinstance(value, datetime):
        return figures.format_instant(value, zone)
    if isinstance(value, date):
        return figures.format_day(value)
    if isinstance(value, str):
        return value
    return _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind == "share":
        return figures.format_share(value)
    if kind == "uptime":
        return figures.format_uptime(value)
    return figures.format_duration(value) if kind == "duration" else f"{value:g}"
