"""Lengths of counted time as people type them: `4:00`, `0:15`, `4 h 30 min`, `90 min`, `4`. Pure."""

import re
from typing import Final

from console.language.marked import marked

NO_LENGTH: Final = marked("Write hours and minutes, such as 4:00 or 0:15.")
_CLOCK: Final = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?")
_WORDS: Final = re.compile(
    r"(?P<bare>\d{1,6}(?:[.,]\d{1,2})?)"
    r"|(?:(?P<hours>\d{1,6}(?:[.,]\d{1,2})?)\s*(?:h|u|std))?\s*(?:(?P<minutes>\d{1,6})\s*min)?"
)
HOUR_S: Final = 3600
MINUTE_S: Final = 60


def typed_length(text: str) -> int | None:
    """Return a length in seconds; None where it is none. A bare number means hours."""
    text = text.strip().lower()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * HOUR_S + minutes * MINUTE_S + seconds
    match = _WORDS.fullmatch(text)
    if not text or match is None:
        return None
    given = (match["bare"] or match["hours"] or "0").replace(",", ".")
    return round(float(given) * HOUR_S) + int(match["minutes"] or 0) * MINUTE_S


def written_length(seconds: int) -> str:
    """Write a length as a field takes it: `4:00`, with seconds only where there are some."""
    hours, rest = divmod(seconds, HOUR_S)
    minutes, left = divmod(rest, MINUTE_S)
    return f"{hours}:{minutes:02}:{left:02}" if left else f"{hours}:{minutes:02}"
