"""The entries of the navigation. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is a code with words of the kind `page`. `is_here`: the page is this one, or lies below it.

    `letter`: the key that leads there, after a `g`.
    """

    name: str
    path: str
    is_here: bool
    letter: str = ""


STAFF: Final = (
    ("work", "/"),
    ("tickets", "/tickets"),
    ("status", "/status"),
    ("on_call", "/on-call"),
    ("waivers", "/waivers"),
    ("deliveries", "/deliveries"),
)
LETTERS: Final = {
    "work": "m",
    "tickets": "t",
    "status": "s",
    "on_call": "o",
    "waivers": "w",
    "deliveries": "d",
}
CONTACTS: Final = (("work", "/"), ("tickets", "/tickets"))


def navigation(path: str, is_contact: bool) -> tuple[Entry, ...]:
    """Return the entries for somebody who is at this path."""
    shown = CONTACTS if is_contact else STAFF
    return tuple(
        Entry(name, target, _lies_in(path, target), LETTERS.get(name, "")) for name, target in shown
    )


def _lies_in(path: str, target: str) -> bool:
    return path == target or (target != "/" and path.startswith(f"{target}/"))
