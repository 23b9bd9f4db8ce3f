"""What people and machines call a ticket: its key said aloud, or its id. Pure."""

import re
from typing import Final
from uuid import UUID

KEY_PREFIX: Final = "OPS-"
_KEY: Final = re.compile(r"OPS-([1-9]\d{0,11})", re.IGNORECASE)


def format_key(number: int) -> str:
    return f"{KEY_PREFIX}{number}"


def parse_number(key: str) -> int:
    """The number of a key made by `key_of`."""
    return int(key.removeprefix(KEY_PREFIX))


def parse_reference(text: str) -> UUID | int | None:
    """An id, a ticket's number, or None for what is neither."""
    if match := _KEY.fullmatch(text):
        return int(match[1])
    try:
        return UUID(text)
    except ValueError:
        return None
