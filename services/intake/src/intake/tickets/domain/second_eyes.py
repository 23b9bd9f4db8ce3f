"""What on tickets waits for a second person, and since when (R1). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from intake.tickets.domain.blocker import blocked_environment, is_confirmed
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.ticket_key import format_key

WaitingKind = Literal["verify", "confirm_priority", "confirm_classification", "confirm_blocker"]

NEEDED: Final[Mapping[WaitingKind, str]] = MappingProxyType(
    {
        "verify": "tickets:verify",
        "confirm_priority": "tickets:work",
        "confirm_classification": "tickets:work",
        "confirm_blocker": "tickets:work",
    }
)
"""The permission that each kind takes."""

_WHY: Final[Mapping[WaitingKind, str]] = MappingProxyType(
    {
        "verify": "{who} resolved it; another person must verify it",
        "confirm_priority": "{who} asked for a lower priority; another person must confirm it",
        "confirm_classification": "{who} asked for another kind or service; another person must confirm it",
        "confirm_blocker": "{who} says that it is a blocker; somebody else must confirm it",
    }
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits for a second person; `first` (a `sub`) is who may not be that one."""

    kind: WaitingKind
    id: UUID
    number: int
    title: str
    customer: str | None
    since: datetime
    first: str

    @property
    def key(self) -> str:
        """The ticket's key."""
        return format_key(self.number)

    def why(self, names: Mapping[str, str]) -> str:
        """What it waits for, in words."""
        return _WHY[self.kind].format(who=names.get(self.first, self.first))


def waiting_since(ticket: Ticket) -> dict[WaitingKind, datetime]:
    """What of this ticket waits for a second person, with since when."""
    found: dict[WaitingKind, datetime | None] = {
        "verify": ticket.resolved_at if ticket.state == "resolved" else None,
        "confirm_priority": _requested_at(ticket.pending_downgrade),
        "confirm_classification": _requested_at(ticket.pending_reclassification),
        "confirm_blocker": ticket.opened_at
        if blocked_environment(ticket) is not None and not is_confirmed(ticket)
        else None,
    }
    return {kind: at for kind, at in found.items() if at is not None}


def _requested_at(pending: object) -> datetime | None:
    at: datetime | None = getattr(pending, "requested_at", None)
    return at


def next_overdue(
    ticket: Ticket, patience: timedelta, after: datetime | None = None
) -> datetime | None:
    """The next instant at which something has waited for longer than `patience`, behind `after`."""
    ends = (since + patience for since in waiting_since(ticket).values())
    return min((end for end in ends if after is None or end > after), default=None)
