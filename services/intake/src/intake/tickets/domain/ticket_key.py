"""The key of a ticket (`OPS-1042`), and references to tickets by key or id. Pure."""

import re
from typing import Final
from uuid import UUID

KEY_PREFIX: Final = "OPS-"
_KEY: Final = re.compile(r"OPS-([1-9]\d{0,11})", re.IGNORECASE)


def format_key(number: int) -> str:
    """The key of the ticket with this number."""
    return f"{KEY_PREFIX}{number}"


def parse_number(key: str) -> int:
    """The number in a key made by `format_key`."""
    return int(key.removeprefix(KEY_PREFIX))


def keyed_number(text: str) -> int | None:
    """The number in a key as people write it, `ops-1042`; None where it is none."""
    match = _KEY.fullmatch(text)
    return int(match[1]) if match else None


def parse_reference(text: str) -> UUID | int | None:
    """The id or the ticket number in a reference; None where it is neither."""
    if (number := keyed_number(text)) is not None:
        return number
    try:
        return UUID(text)
    except ValueError:
        return None
