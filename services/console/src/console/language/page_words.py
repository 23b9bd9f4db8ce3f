"""English words for the pages, by their names in the navigation."""

from collections.abc import Mapping
from typing import Final

PAGES: Final[Mapping[str, str]] = {
    "work": "My work",
    "tickets": "Tickets",
    "status": "Status",
    "on_call": "On call",
    "waivers": "Waivers",
    "deliveries": "Deliveries",
    "versions": "Versions",
    "customers": "Customers",
    "people": "People",
    "clocks": "Open promises",
    "forecasts": "Forecasts",
    "agreements": "Agreements",
    "calendars": "Calendars",
    "availability": "Availability",
    "outages": "Outages",
    "maintenance": "Maintenance",
    "reports": "Reports",
    "reviews": "Reviews",
    "review_actions": "Actions",
    "leadership_report": "Leadership report",
    "refusals": "Refusals",
    "follow_ups": "Follow-ups",
    "emergency_changes": "Emergency changes",
    "mails": "Mails",
    "access_requests": "Accesses",
    "articles": "Articles",
    "outage_rules": "What counts as an outage",
    "priority_matrix": "Priorities by impact and urgency",
}
FILTERS: Final[Mapping[str, str]] = {
    "mine": "assigned to me",
    "unassigned": "assigned to nobody",
    "broken": "a promise is broken",
    "triage": "customer not known yet",
    "waiting": "on hold",
    "watched": "watched by me",
    "open": "open",
}
"""What `is:` says in the filters of tickets."""
VIEWS: Final[Mapping[str, str]] = {
    "all": "All open",
    "mine": "Mine",
    "unassigned": "Nobody's",
    "broken": "Broken",
    "watched": "Watched",
    "requested": "To decide",
    "approved": "Approved",
    "refused": "Refused",
    "in_review": "In review",
    "delivered": "Delivered",
    "everything": "All",
    "matrix": "What runs where",
    "open": "Open",
    "ended": "Over",
}
"""The views of lists."""
PAGE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "page": PAGES,
    "view": VIEWS,
    "filter": FILTERS,
}
"""The words of each kind of code."""
