"""What an event is a hint of. Pure: names alone, nothing that the event says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LISTS: Final[Mapping[str, str]] = {
    "opsdesk.tickets": "tickets",
    "opsdesk.clocks": "clocks",
    "opsdesk.escalations": "escalations",
    "opsdesk.deliveries": "deliveries",
}
"""The topics that are listened to, with the name of the lists that they change."""
THINGS: Final = ("ticket", "environment", "escalation", "delivery")


@dataclass(frozen=True, slots=True)
class Hint:
    """Names of what has changed. `customer` is whose it is, None where the event does not say."""

    names: frozenset[str]
    customer: str | None


def read_hint(topic: str, body: bytes | None) -> Hint | None:
    """Return what an event on this topic (as the code calls it) is a hint of; None where it says nothing."""
    try:
        event = json.loads(body or b"")
    except ValueError:
        return None
    if topic not in LISTS or not isinstance(event, dict):
        return None
    named = {f"{thing}:{event[thing]}" for thing in THINGS if isinstance(event.get(thing), str)}
    customer = event.get("customer")
    return Hint(frozenset({LISTS[topic], *named}), customer if isinstance(customer, str) else None)
