"""E-mail addresses: which texts are one, and the form in which they are compared. Pure."""

from typing import Final

MAX_ADDRESS_CHARS: Final = 254
"""Characters in an address (RFC 5321, 4.5.3.1.3)."""
_SPECIAL: Final = frozenset('@<>,;:"()[]\\ ')
"""In a header they would end the address, or begin another one."""


def normalise(address: str) -> str:
    """The form in which two spellings of one mailbox are equal: trimmed, lower case.

    No letter becomes an ASCII one that was none: `straße` and `strasse`, or a Kelvin sign and a `k`, are
    two names, and whoever has one of them must not pass for the other.
    """
    return "".join(_lower(letter) for letter in address.strip())


def _lower(letter: str) -> str:
    lower = letter.lower()
    return letter if lower.isascii() and not letter.isascii() else lower


def without_tag(address: str) -> str:
    """The mailbox of a sub-address: `jan@acme.example` of `jan+work@acme.example` (RFC 5233)."""
    local, at, domain = address.rpartition("@")
    mailbox = local.partition("+")[0]
    return f"{mailbox or local}{at}{domain}"


def is_address(text: str) -> bool:
    """True for one `local@domain` of at most 254 characters that says the same in a header of a mail."""
    local, at, domain = text.rpartition("@")
    return bool(
        at
        and local
        and domain
        and len(text) <= MAX_ADDRESS_CHARS
        and text.isprintable()
        and "=?" not in text
        and not _SPECIAL & {*local, *domain}
    )
