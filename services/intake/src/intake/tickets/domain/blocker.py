"""When an environment has an open blocker, and when it has one no longer (G8 asks). Pure."""

from typing import Literal
from uuid import UUID

from intake.tickets.domain.ticket import Ticket

Change = Literal["raised", "lifted"]


def blocked_environment(ticket: Ticket | None) -> UUID | None:
    """The environment on which this ticket is an open blocker, if it is one."""
    if ticket is None or not ticket.is_open or ticket.priority != "blocker":
        return None
    return ticket.environment_id


def blocker_changes(before: Ticket | None, after: Ticket) -> list[tuple[Change, Ticket]]:
    """What became true of blockers between two states; each with the ticket that says where.

    A ticket that moves to another environment lifts the old blocker and raises the new one.
    """
    was, now = blocked_environment(before), blocked_environment(after)
    if was == now:
        return []
    lifted: list[tuple[Change, Ticket]] = [("lifted", before)] if was and before else []
    raised: list[tuple[Change, Ticket]] = [("raised", after)] if now else []
    return lifted + raised
