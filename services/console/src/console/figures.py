"""Figures as pages write them: shares, lengths, months. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As sla names them, in their order."""


def percent(share: float | None, digits: int = 3) -> str | None:
    """Return a share as per cent, without noughts at the end of its digits."""
    if share is None:
        return None
    written = f"{share * 100:.{digits}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def length(seconds: float | None) -> timedelta | None:
    """Return a number of seconds as a duration; None where there is none."""
    return None if seconds is None else timedelta(seconds=seconds)


def month_beside(month: str, months: int) -> str:
    """Return the month so many months later: `2026-12` and 1 give `2027-01`."""
    first = date.fromisoformat(f"{month[:7]}-01")
    number = first.year * 12 + first.month - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(moment: datetime) -> str:
    """Return the month of an instant in its own zone: `2026-12`."""
    return f"{moment:%Y-%m}"
