"""How values stand on paper for people; spreadsheets get the values themselves."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.rendering.document import Kind, Value
from sla.reviews import wording

NUMBERS = frozenset({"count", "share", "uptime", "lasting"})
"""Kinds of columns that are set flush right."""


def written(value: Value, kind: Kind, zone: ZoneInfo) -> str:
    """A dash where there is nothing to say."""
    if value is None:
        return wording.NOTHING
    if isinstance(value, datetime):
        return wording.instant(value, zone)
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, str):
        return value
    return _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind == "share":
        return wording.share(value)
    if kind == "uptime":
        return wording.uptime(value)
    return wording.lasting(value) if kind == "lasting" else f"{value:g}"
