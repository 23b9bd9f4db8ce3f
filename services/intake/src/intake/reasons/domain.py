"""What the audit trail says of a reason: a digest over a salt and the words, so that these can be erased. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "sha256:"
FIELDS: Final = ("reason", "asked_because", "problem")
"""Grounds of an entry that hold what somebody has written, or another system has answered, in words."""
SALT_BYTES: Final = 32
ERASED_REASON: Final = "(erased)"
"""What stands in a ticket's history where a reason was."""


def digest_of(salt: bytes, words: str) -> str:
    """`sha256:` with the hexadecimal SHA-256 of the salt and the words in UTF-8."""
    return PREFIX + hashlib.sha256(salt + words.encode()).hexdigest()


def is_digest(value: object) -> bool:
    """Whether this stands in an entry for words that are kept beside it."""
    return isinstance(value, str) and value.startswith(PREFIX) and len(value) == len(PREFIX) + 64


def words_in(grounds: Mapping[str, object]) -> dict[str, str]:
    """The reasons in the grounds of an entry, by the name of the ground."""
    found = {name: grounds.get(name) for name in FIELDS}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}
