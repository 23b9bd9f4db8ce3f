"""Where the console shows a thing: the one table of its paths that all services use. Pure.

Links for our own people (mails, messages, lists of what waits) lead there. Without the console's address
(`OPSDESK_CONSOLE_URL`) there are none, and callers fall back to the API's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, urlsplit

Thing = Literal[
    "access_request",
    "agreement",
    "article",
    "calendar",
    "clock",
    "customer",
    "delivery",
    "emergency_change",
    "environment",
    "escalation",
    "follow_up",
    "mail",
    "maintenance",
    "monitoring_improvement",
    "notice",
    "on_call",
    "outage",
    "outage_rules",
    "person",
    "priority_matrix",
    "review",
    "review_action",
    "status",
    "ticket",
    "waiver",
    "work",
]

PATHS: Final[Mapping[Thing, str]] = {
    "access_request": "/access-requests/{key}",
    "agreement": "/agreements/{key}",
    "article": "/articles/{key}",
    "calendar": "/calendars/{key}",
    "clock": "/clocks/{key}",
    "customer": "/customers/{key}",
    "delivery": "/deliveries/{key}",
    "emergency_change": "/emergency-changes/{key}",
    "environment": "/environments/{key}",
    "escalation": "/escalations/{key}",
    "follow_up": "/follow-ups/{key}",
    "mail": "/mails/{key}",
    "maintenance": "/maintenance/{key}",
    "monitoring_improvement": "/monitoring-improvements/{key}",
    "notice": "/notices/{key}",
    "on_call": "/on-call",
    "outage": "/outages/{key}",
    "outage_rules": "/outage-rules",
    "person": "/people/{key}",
    "priority_matrix": "/priority-matrix",
    "review": "/reviews/{key}",
    "review_action": "/review-actions/{key}",
    "status": "/status",
    "ticket": "/tickets/{key}",
    "waiver": "/waivers/{key}",
    "work": "/",
}
"""The page of each thing. A key is its key or its id, as the API takes both."""

_THINGS: Final[Mapping[str, Thing]] = {
    "access-requests": "access_request",
    "agreements": "agreement",
    "articles": "article",
    "calendars": "calendar",
    # A request for a change, and a problem, is a ticket.
    "change-requests": "ticket",
    "clocks": "clock",
    "customers": "customer",
    "deliveries": "delivery",
    "emails": "mail",
    "emergency-changes": "emergency_change",
    "environments": "environment",
    "escalations": "escalation",
    "follow-ups": "follow_up",
    "maintenance": "maintenance",
    "monitoring-improvements": "monitoring_improvement",
    "notices": "notice",
    "outages": "outage",
    "people": "person",
    "problems": "ticket",
    "review-actions": "review_action",
    "reviews": "review",
    "tickets": "ticket",
    "waivers": "waiver",
}
"""What the nouns of the API's addresses are; one that is missing here has no page."""
_ALONE: Final[Mapping[str, Thing]] = {
    "outage-rules": "outage_rules",
    "priority-matrix": "priority_matrix",
}
"""The nouns of what there is one of."""
_BELOW: Final[Mapping[tuple[str, str], str | None]] = {
    ("contacts", "erasure"): "/contacts/{key}/erasure",
    ("customers", "contacts"): "/customers/{key}/contacts/{own}",
    # Its entry in the directory, which stays once it has ended; what runs there is at `/environments/{key}`.
    ("customers", "environments"): "/customers/{key}/environments/{own}",
    # Of what waits there, the answer is to ask for the same, which only whoever asks can say.
    ("people", "notification-settings"): None,
    ("tickets", "linked-tickets"): "/tickets/{key}/linked-tickets",
}
"""The pages of what lies below a thing and is not shown on its page, by the nouns of the API; `own` is its own key."""
_API: Final = "/v1/"


@dataclass(frozen=True, slots=True)
class ConsolePages:
    """The pages of the console at `url`; None: this installation names none."""

    url: str | None = None

    def address(self, thing: Thing, key: str = "") -> str | None:
        """The address of a thing's page, None without a console. `key` may be left out where the path has none."""
        return self._at(page_path(thing, key))

    def address_of(self, api_address: str) -> str | None:
        """The address of the page for an address of the API, such as `/v1/tickets/OPS-7`; None where there is none."""
        path = page_of(api_address)
        return None if path is None else self._at(path)

    def _at(self, path: str) -> str | None:
        return None if self.url is None else self.url.rstrip("/") + path


def page_path(thing: Thing, key: str = "") -> str:
    """The path of a thing's page."""
    return PATHS[thing].format(key=quote(key, safe=""))


def page_of(api_address: str) -> str | None:
    """The path of the page for an address of the API; None where the console has none for it.

    What lies below a thing is shown on the page of that thing, but for what has a page of its own.
    """
    noun, _, rest = urlsplit(api_address).path.partition(_API)[2].partition("/")
    key, _, below = rest.partition("/")
    inner, _, own = below.partition("/")
    if (noun, inner) in _BELOW:
        path = _BELOW[noun, inner]
        if path is None or own or "{own}" not in path:
            return path and path.format(key=quote(key, safe=""), own=quote(own, safe=""))
    if noun in _ALONE:
        return page_path(_ALONE[noun])
    thing = _THINGS.get(noun)
    return page_path(thing, key) if thing is not None and key else None
