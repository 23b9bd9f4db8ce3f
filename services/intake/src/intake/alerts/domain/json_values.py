"""Read single values out of the JSON of monitors. Pure.

Nothing here raises: what is not of the expected kind counts as missing.
"""

import codecs
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from intake.tickets.domain.plain_text import strip_control_characters

MAX_TEXT_CHARS: Final = 1_000
MAX_LONG_TEXT_CHARS: Final = 20_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM: Final = 10_000_000_000
"""Unix times above this are milliseconds: as seconds they would lie behind the year 2286."""


_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def without_byte_order_mark(raw: bytes) -> bytes:
    """The same JSON in UTF-8 without a mark, which senders on Windows put before it."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace").encode()
    return raw


def read_text(value: Any, limit: int = MAX_TEXT_CHARS) -> str | None:
    """The text without control characters, at most `limit` long; numbers as text; else None."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return None
    return strip_control_characters(value).strip()[:limit] or None


def read_key(value: Any) -> str | None:
    """The text of a key. A longer one ends in its digest, so that two never become one."""
    text = read_text(value, MAX_LONG_TEXT_CHARS)
    if text is None or len(text) <= MAX_TEXT_CHARS:
        return text
    return f"{text[: MAX_TEXT_CHARS - 17]}#{digest(text)}"


def read_texts(values: Any) -> dict[str, str]:
    """The texts of an object, by their names in lower case."""
    items = values.items() if isinstance(values, Mapping) else ()
    return {str(name).lower(): text for name, value in items if (text := read_text(value))}


def read_tags(values: Any) -> dict[str, str]:
    """Tags as `customer:acme,env:prod`, as a list of such, or as an object; the first of a name."""
    if isinstance(values, Mapping):
        return read_texts(values)
    entries = values.split(",") if isinstance(values, str) else values
    tags: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else ():
        name, colon, value = (read_text(entry) or "").partition(":")
        if colon and value.strip():
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def read_instant(value: Any) -> datetime | None:
    """An instant between 2000 and 2200, cut to microseconds; None for anything else.

    RFC 3339, also with `+0000`, or a Unix time in seconds or milliseconds.
    """
    if isinstance(value, bool) or value is None:
        return None
    # Compared before: an integer of 310 digits is no float.
    if isinstance(value, int) and abs(value) > _LATEST.timestamp() * 1_000:
        return None
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdecimal()):
        return _from_unix(float(value))
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    # Compare before converting: the year 1 cannot be converted from zones west of Greenwich.
    if parsed.tzinfo is None or not _EARLIEST < parsed < _LATEST:
        return None
    return parsed.astimezone(UTC)


def _from_unix(value: float) -> datetime | None:
    seconds = value / 1_000 if value >= _MILLISECONDS_FROM else value
    if not _EARLIEST.timestamp() < seconds < _LATEST.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def first_of(values: Mapping[str, str], names: Iterable[str]) -> str | None:
    """The value of the first of these names that has one."""
    return next((values[name] for name in names if values.get(name)), None)


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
