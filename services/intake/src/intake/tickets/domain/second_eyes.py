"""What on tickets waits for a second person, and since when (R1). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.ticket_key import format_key

EscalatedKind = Literal["verify", "confirm_priority", "confirm_classification"]
WaitingKind = EscalatedKind | Literal["confirm_blocker"]

PATIENCE: Final = timedelta(hours=8)
"""How long something may wait for a second person before it is escalated."""

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

    @property
    def due_at(self) -> datetime:
        """When it is escalated: a blocker at once."""
        return self.since if self.kind == "confirm_blocker" else self.since + PATIENCE

    def why(self, names: Mapping[str, str]) -> str:
        """What it waits for, in words."""
        return _WHY[self.kind].format(who=names.get(self.first, self.first))


def waiting_since(ticket: Ticket) -> dict[EscalatedKind, datetime]:
    """What of this ticket waits for a second person and is escalated in time, with since when.

    A blocker that waits for its confirmation is none of these: escalation pages for it at once.
    """
    downgrade, reclassification = ticket.pending_downgrade, ticket.pending_reclassification
    found: dict[EscalatedKind, datetime | None] = {
        "verify": ticket.resolved_at if ticket.state == "resolved" else None,
        "confirm_priority": downgrade.requested_at if downgrade else None,
        "confirm_classification": reclassification.requested_at if reclassification else None,
    }
    return {kind: at for kind, at in found.items() if at is not None}


def overdue(ticket: Ticket, at: datetime) -> dict[EscalatedKind, datetime]:
    """What of this ticket has waited too long at this instant, with since when."""
    return {kind: since for kind, since in waiting_since(ticket).items() if since + PATIENCE <= at}


def next_overdue(ticket: Ticket, at: datetime) -> datetime | None:
    """The next instant after `at` at which something has waited too long; None without one."""
    ends = (since + PATIENCE for since in waiting_since(ticket).values())
    return min((end for end in ends if end > at), default=None)
