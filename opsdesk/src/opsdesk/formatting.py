"""Formats and parses instants and durations, in the user's time zone (`TZ`, else the machine's)."""

import os
import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from common import wording
from opsdesk.errors import CliError

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"\+?((?:\d{1,6}[dhms])+)")


def local_zone() -> tzinfo:
    """Return the time zone of `TZ`, else of the machine, else UTC."""
    name = os.environ.get("TZ", "").lstrip(":") or _machine_zone()
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def format_instant(at: datetime | str | None, zone: tzinfo | None = None) -> str:
    """Format an instant: `Mon 29 Mar 2027 10:30:00 CEST`; None is a dash."""
    if at is None:
        return "-"
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return wording.format_instant(instant, zone or local_zone())


def parse_duration(text: str) -> timedelta:
    """Parse `+3h`, `90m`, `1d12h`. Raises CliError for anything else."""
    if not (match := _DURATION.fullmatch(text.strip())):
        raise CliError(f"{text!r} is not a duration: write +3h, +90m or +1d12h.")
    parts = re.findall(r"(\d{1,6})([dhms])", match[1])
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())


def parse_instant(text: str, zone: tzinfo | None = None) -> datetime:
    """Parse an RFC 3339 instant, without offset in the user's time zone. Raises CliError."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise CliError(
            f"{text!r} is not an instant: write 2027-03-26T15:30 or …T15:30+01:00."
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone or local_zone())


def format_duration(seconds: float | None) -> str:
    """Format seconds: `1 hr 30 min`; None is a dash."""
    return "-" if seconds is None else wording.format_duration(seconds)


def _machine_zone() -> str:
    try:
        return str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    except OSError:
        return ""
