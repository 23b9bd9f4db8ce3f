"""What people and machines call a ticket: its key said aloud, or its id. Pure."""

import re
from typing import Final
from uuid import UUID

PREFIX: Final = "OPS-"
_KEY: Final = re.compile(r"OPS-([1-9]\d{0,11})", re.IGNORECASE)


def key_of(number: int) -> str:
    return f"{PREFIX}{number}"


def number_in(key: str) -> int:
    """The number of a key made by `key_of`."""
    return int(key.removeprefix(PREFIX))


def reference(text: str) -> UUID | int | None:
    """An id, a ticket's number, or None for what is neither."""
    if found := _KEY.fullmatch(text):
        return int(found[1])
    try:
        return UUID(text)
    except ValueError:
        return None
