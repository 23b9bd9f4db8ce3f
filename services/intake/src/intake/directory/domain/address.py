"""E-mail addresses: which texts are one, and the form in which they are compared. Pure."""

from email.utils import getaddresses
from typing import Final

MAX_ADDRESS_CHARS: Final = 254
"""Characters in an address (RFC 5321, 4.5.3.1.3)."""


def normalise(address: str) -> str:
    """The form in which two spellings of one mailbox are equal: trimmed, lower case."""
    return address.strip().casefold()


def is_address(text: str) -> bool:
    """True for `local@domain` without spaces or control characters, of at most 254 characters."""
    local, at, domain = text.rpartition("@")
    return bool(
        at
        and local
        and domain
        and len(text) <= MAX_ADDRESS_CHARS
        and text.isprintable()
        and " " not in text
    )


def first_address(header: str) -> tuple[str, str] | None:
    """(name, normalised address) of the first mailbox in a From header; None without one."""
    try:
        mailboxes = getaddresses([header])
    except (RecursionError, IndexError, ValueError):  # for example, comments nested very deep
        return None
    for name, address in mailboxes:
        if is_address(address):
            return name.strip(), normalise(address)
    return None
