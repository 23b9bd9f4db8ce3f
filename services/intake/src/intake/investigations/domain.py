"""An investigation: from when to when a cause was looked for, and whether it was found (R9). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Investigation:
    """Where it lasts longer than until `limit_at`, an improvement of the monitoring is owed.

    `cause_found` stays None where it ended with its ticket, and nobody said.
    """

    id: UUID
    ticket_id: UUID
    started_by: str
    started_at: datetime
    limit_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    cause_found: bool | None = None
    cause: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the cause is still looked for."""
        return self.ended_at is None

    def is_long(self, at: datetime) -> bool:
        """Whether it takes, or took, longer than the set time. Equal is in time."""
        return (self.ended_at or at) > self.limit_at


def check_start(ticket: Ticket, present: Investigation | None) -> Rejection | None:
    """A rejection where nothing can be looked for, or somebody does already, else None."""
    if not ticket.is_open:
        return Rejection("WRONG_STATE", f"{ticket.key} is {ticket.state}; reopen it first.")
    if present is not None:
        return Rejection(
            "ALREADY_INVESTIGATED",
            f"{present.started_by} investigates {ticket.key} already; end that investigation first.",
        )
    return None


def end(
    investigation: Investigation, actor: str, cause: str | None, *, found: bool, at: datetime
) -> Investigation | Rejection:
    """End it, with the cause where that was found."""
    if not investigation.is_open:
        return Rejection("ALREADY_ENDED", "This investigation has ended; start another one.")
    return replace(investigation, ended_by=actor, ended_at=at, cause_found=found, cause=cause)
