"""Formats the values of tables for people; spreadsheets get the values themselves. Pure."""

from datetime import date, datetime

from sla.rendering.document import Kind, Value
from sla.rendering.notation import NO_VALUE, Formats

NUMBERS = frozenset({"count", "share", "uptime", "duration", "elapsed"})
"""The kinds of columns that are aligned right."""


def format_value(value: Value, kind: Kind, formats: Formats) -> str:
    """The value as text; a dash for None."""
    if value is None:
        return NO_VALUE
    if isinstance(value, datetime):
        return formats.short_moment(value)
    if isinstance(value, date):
        return formats.short_day(value)
    if isinstance(value, str):
        return value
    return _format_number(value, kind, formats)


def _format_number(value: float, kind: Kind, formats: Formats) -> str:
    if kind == "share":
        return formats.rounded_share(value)
    if kind == "uptime":
        return formats.uptime(value)
    if kind == "elapsed":
        return formats.elapsed(value)
    return formats.duration(value) if kind == "duration" else formats.number(value)
