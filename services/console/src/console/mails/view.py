"""A mail as it came: what may be done with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

OUTCOMES: Final = ("ignored", "unreadable", "received", "opened", "joined")
"""What became of a mail, those first that wait for somebody."""
ACTS: Final = ("open-ticket", "open-and-merge", "set-aside")


@dataclass(frozen=True, slots=True)
class MailPage:
    """`is_stored`: it is there as it came, and not deleted; `is_erased`: it was, with a contact."""

    sender: str
    acts: tuple[str, ...]
    is_stored: bool
    is_erased: bool


def mail_page(mail: Mapping[str, Any]) -> MailPage:
    is_stored = mail["raw_deleted_at"] is None
    is_held = mail["outcome"] == "ignored" and mail["ticket_id"] is None and is_stored
    acts = [one for one in ACTS if one != "set-aside" or mail["set_aside_by"] is None]
    is_erased = mail["raw_deleted_why"] == "erased"
    return MailPage(sender_of(mail), tuple(acts) if is_held else (), is_stored, is_erased)


def sender_of(mail: Mapping[str, Any]) -> str:
    """Return who it says it is from; nothing proves that."""
    name, address = mail["sender_name"], mail["sender"]
    if name and address:
        return f"{name} <{address}>"
    return str(name or address or "")
