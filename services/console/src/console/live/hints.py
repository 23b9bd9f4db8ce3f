"""What an event is a hint of. Pure: names alone, nothing that the event says."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from console.live.audience import FOR_CONTACTS

LISTS: Final[Mapping[str, str]] = {
    "opsdesk.tickets": "tickets",
    "opsdesk.clocks": "clocks",
    "opsdesk.escalations": "escalations",
    "opsdesk.deliveries": "deliveries",
}
"""The topics that are listened to, with the name of the lists that they change."""
THINGS: Final = ("ticket", "environment", "escalation", "delivery")
OF_CONTACTS: Final = ("ticket", "environment", "clock")
"""What names begin with of which a contact has pages."""
TYPE: Final = "ce_type"


@dataclass(frozen=True, slots=True)
class Hint:
    """Names of what has changed. `customer` is whose it is, None where the event does not say.

    `for_contacts` are those that the customer's contacts hear, too: none where only we can see the change.
    """

    names: frozenset[str]
    customer: str | None
    for_contacts: frozenset[str] = frozenset()


def read_hint(
    topic: str, body: bytes | None, headers: Iterable[tuple[str, bytes]] = ()
) -> Hint | None:
    """Return what an event on this topic (as the code calls it) is a hint of; None where it says nothing."""
    try:
        event = json.loads(body or b"")
    except ValueError:
        return None
    if topic not in LISTS or not isinstance(event, dict):
        return None
    named = {f"{thing}:{event[thing]}" for thing in THINGS if isinstance(event.get(thing), str)}
    names = frozenset({LISTS[topic], *named})
    customer = event.get("customer")
    is_public = dict(headers).get(TYPE, b"").decode("ascii", "replace") in FOR_CONTACTS
    public = {one for one in names if is_public and one.startswith(OF_CONTACTS)}
    return Hint(names, customer if isinstance(customer, str) else None, frozenset(public))
