"""The systems that can be linked, and the map of fields that each begins with. Pure data."""

from collections.abc import Mapping
from typing import Final

from intake.linked_tickets.domain.jira import Jira
from intake.linked_tickets.domain.peer import FieldMap, Peer, SystemKind
from intake.linked_tickets.domain.servicenow import ServiceNow
from intake.linked_tickets.domain.zendesk import Zendesk

PEERS: Final[Mapping[SystemKind, Peer]] = {
    "servicenow": ServiceNow(),
    "jira": Jira(),
    "zendesk": Zendesk(),
}
OVER: Final[Mapping[SystemKind, frozenset[str]]] = {
    "servicenow": frozenset({"6", "7", "8"}),
    "jira": frozenset(
        {"Done", "Resolved", "Closed", "Completed", "Canceled", "Cancelled", "Declined"}
    ),
    "zendesk": frozenset({"solved", "closed"}),
}
"""Their states of a ticket that is over, as each kind of system comes; a map of fields may name others."""
FIELD_MAPS: Final[Mapping[SystemKind, FieldMap]] = {
    # ServiceNow computes the priority from impact and urgency unless its own rules are changed.
    "servicenow": FieldMap(
        priority={"blocker": "1", "critical": "2", "major": "3", "minor": "4", "trivial": "5"},
        state={
            "new": "1",
            "in_progress": "2",
            "forwarded": "2",
            "reopened": "2",
            "on_hold": "3",
            "resolved": "6",
            "verified": "6",
            "closed": "7",
        },
    ),
    "jira": FieldMap(
        priority={
            "blocker": "Highest",
            "critical": "High",
            "major": "Medium",
            "minor": "Low",
            "trivial": "Lowest",
        },
        # A state needs the step that leads there, which each project has of its own.
    ),
    "zendesk": FieldMap(
        priority={
            "blocker": "urgent",
            "critical": "high",
            "major": "normal",
            "minor": "low",
            "trivial": "low",
        },
        state={
            "new": "open",
            "in_progress": "open",
            "forwarded": "open",
            "reopened": "open",
            "on_hold": "pending",
            "resolved": "solved",
            "verified": "solved",
        },
    ),
}
