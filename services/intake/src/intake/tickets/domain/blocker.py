"""When an environment gets an open blocker, and when it has none any more (for G8). Pure."""

from typing import Literal
from uuid import UUID

from intake.tickets.domain.ticket import Ticket

Change = Literal["raised", "lifted"]


def blocked_environment(ticket: Ticket | None) -> UUID | None:
    """The environment on which this ticket is an open blocker; None if it is not one."""
    if ticket is None or not ticket.is_open or ticket.priority != "blocker":
        return None
    return ticket.environment_id


def blocker_changes(before: Ticket | None, after: Ticket) -> list[tuple[Change, Ticket]]:
    """The blockers that a change lifts and raises, each with the ticket that names the environment.

    A ticket that moves to another environment lifts the old blocker and raises the new one.
    """
    blocked_before, blocked_after = blocked_environment(before), blocked_environment(after)
    if blocked_before == blocked_after:
        return []
    lifted: list[tuple[Change, Ticket]] = [("lifted", before)] if blocked_before and before else []
    raised: list[tuple[Change, Ticket]] = [("raised", after)] if blocked_after else []
    return lifted + raised
