"""The entries of the navigation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Audience = Literal["staff", "contact", "partner"]
"""For whom a menu is: each offers what these people may open."""


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
MORE: Final = (
    ("customers", "/customers"),
    ("people", "/people"),
    ("clocks", "/clocks"),
    ("forecasts", "/forecasts"),
    ("agreements", "/agreements"),
    ("calendars", "/calendars"),
    ("availability", "/availability"),
    ("outages", "/outages"),
    ("maintenance", "/maintenance"),
    ("reports", "/reports"),
    ("reviews", "/reviews"),
    ("review_actions", "/review-actions"),
    ("leadership_report", "/leadership-report"),
    ("versions", "/versions"),
    ("refusals", "/refusals"),
    ("follow_ups", "/follow-ups"),
    ("emergency_changes", "/emergency-changes"),
    ("articles", "/articles"),
    ("mails", "/mails"),
    ("access_requests", "/access-requests"),
    ("outage_rules", "/outage-rules"),
    ("priority_matrix", "/priority-matrix"),
)
"""What is looked at less often: behind "More"."""
CONTACTS: Final = (("work", "/"), ("tickets", "/tickets"))
CONTACTS_MORE: Final = (
    ("agreements", "/agreements"),
    ("availability", "/availability"),
    ("outages", "/outages"),
    ("maintenance", "/maintenance"),
    ("reports", "/reports"),
    ("reviews", "/reviews"),
    ("articles", "/articles"),
)


PARTNERS: Final = (("work", "/"), ("clocks", "/clocks"), ("agreements", "/agreements"))
MENUS: Final = {"staff": STAFF, "contact": CONTACTS, "partner": PARTNERS}
MENUS_MORE: Final = {"staff": MORE, "contact": CONTACTS_MORE, "partner": ()}


def navigation(path: str, audience: Audience) -> tuple[Entry, ...]:
    """Return the entries for somebody who is at this path."""
    return _entries(MENUS[audience], path)


def more(path: str, audience: Audience) -> tuple[Entry, ...]:
    """Return the entries behind "More"."""
    return _entries(MENUS_MORE[audience], path)


def _entries(shown: Iterable[tuple[str, str]], path: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(name, target, _lies_in(path, target), LETTERS.get(name, "")) for name, target in shown
    )


def _lies_in(path: str, target: str) -> bool:
    return path == target or (target != "/" and path.startswith(f"{target}/"))
