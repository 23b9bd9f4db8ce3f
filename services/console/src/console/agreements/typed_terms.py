"""Figures of an agreement as people type them: per cent, and steps of credits. Pure."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from console.language.marked import marked

NO_PERCENT: Final = marked("Write a number of per cent, such as 99.5.")
NO_CREDITS: Final = marked("Write steps such as 90: 5; 80: 10.")
HUNDRED: Final = Decimal(100)


def typed_percent(text: str) -> float | None:
    """Return a number of per cent from 0 to 100; None where it is none."""
    try:
        found = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return float(found) if found.is_finite() and 0 <= found <= HUNDRED else None


def typed_share(text: str) -> float | None:
    """Return a number of per cent as a share from 0 to 1; None where it is none."""
    found = typed_percent(text)
    return None if found is None else float(Decimal(str(found)) / HUNDRED)


def typed_credits(text: str) -> list[dict[str, float]] | None:
    """Return the steps of `90: 5; 80: 10`: below 90 % five per cent are credited. None where it is none."""
    steps = []
    for part in filter(str.strip, re.split(r";|,\s", text)):
        below, _, percent = part.partition(":")
        share, figure = typed_share(below), typed_percent(percent)
        if share is None or figure is None:
            return None
        steps.append({"below": share, "percent": figure})
    return steps
