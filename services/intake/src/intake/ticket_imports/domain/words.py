"""What the words of the other systems mean here: one table each, as data. Pure.

Compared without case. What is not in a table is taken as the default and said in the report.
"""

from collections.abc import Mapping
from typing import Final

from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Channel, Kind

DEFAULT_PRIORITY: Final[Priority] = "major"
DEFAULT_KIND: Final[Kind] = "incident"

PRIORITIES: Final[Mapping[str, Priority]] = {
    # ServiceNow, by number and by word
    "1": "blocker",
    "critical": "blocker",
    "2": "critical",
    "high": "critical",
    "3": "major",
    "moderate": "major",
    "4": "minor",
    "low": "minor",
    "5": "trivial",
    "planning": "trivial",
    # Jira
    "blocker": "blocker",
    "highest": "blocker",
    "major": "major",
    "medium": "major",
    "minor": "minor",
    "lowest": "trivial",
    "trivial": "trivial",
    # Zendesk
    "urgent": "blocker",
    "normal": "major",
}

IS_OPEN: Final[Mapping[str, bool]] = {
    # ServiceNow
    "1": True,
    "new": True,
    "2": True,
    "in progress": True,
    "active": True,
    "3": True,
    "on hold": True,
    "awaiting user info": True,
    "awaiting problem": True,
    "6": False,
    "resolved": False,
    "7": False,
    "closed": False,
    "8": False,
    "canceled": False,
    "cancelled": False,
    # Jira; what a project has named itself is told by its status category
    "open": True,
    "to do": True,
    "reopened": True,
    "waiting for support": True,
    "waiting for customer": True,
    "escalated": True,
    "pending": True,
    "work in progress": True,
    "done": False,
    "declined": False,
    "completed": False,
    # Zendesk
    "hold": True,
    "on-hold": True,
    "solved": False,
    "deleted": False,
}

KINDS: Final[Mapping[str, Kind]] = {
    "incident": "incident",
    "[system] incident": "incident",
    "bug": "incident",
    "problem": "problem",
    "[system] problem": "problem",
    "question": "question",
    "support": "question",
    "task": "service_request",
    "request": "service_request",
    "service request": "service_request",
    "[system] service request": "service_request",
    "service request with approvals": "service_request",
    "access": "service_request",
    "it help": "service_request",
}

CHANNELS: Final[Mapping[str, Channel]] = {
    "email": "email",
    "mail": "email",
    "phone": "phone",
    "voice": "phone",
    "self-service": "portal",
    "self service": "portal",
    "web": "portal",
    "web form": "portal",
    "portal": "portal",
    "chat": "chat",
    "virtual_agent": "chat",
    "virtual agent": "chat",
    "monitoring": "monitoring",
    "event": "monitoring",
}
