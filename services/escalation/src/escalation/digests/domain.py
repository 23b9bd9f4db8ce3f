"""When somebody gets the digest of their day. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SEND_AT: Final = time(7)
"""The local time of the digest: before the working day, and nobody is woken."""


def next_delivery(zone: str, at: datetime) -> datetime:
    """The first instant after `at` at which the clock of a reader in `zone` shows `SEND_AT`, in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), SEND_AT, ZoneInfo(zone))
    due = (
        today
        if today > local
        else datetime.combine(local.date() + timedelta(days=1), SEND_AT, ZoneInfo(zone))
    )
    return due.astimezone(UTC)
