"""Formats the values of tables for people; spreadsheets get the values themselves. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.rendering import figures
from sla.rendering.document import Kind, Value

NUMBERS = frozenset({"count", "share", "uptime", "duration", "elapsed"})
"""The kinds of columns that are aligned right."""


def format_value(value: Value, kind: Kind, zone: ZoneInfo) -> str:
    """The value as text; a dash for None."""
    if value is None:
        return figures.NO_VALUE
    if isinstance(value, datetime):
        return figures.format_instant(value, zone)
    if isinstance(value, date):
        return figures.format_day(value)
    if isinstance(value, str):
        return value
    return _format_number(value, kind)


def _format_number(value: float, kind: Kind) -> str:
    if kind == "share":
        return figures.format_share(value)
    if kind == "uptime":
        return figures.format_uptime(value)
    if kind == "elapsed":
        return figures.format_elapsed(value)
    return figures.format_duration(value) if kind == "duration" else f"{value:g}"
