"""When an environment gets an open blocker, and when it has none any more (for G8). Pure."""

from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import Ticket, check_transition

Change = Literal["raised", "lifted", "confirmed"]


def blocked_environment(ticket: Ticket | None) -> UUID | None:
    """The environment on which this ticket is an open blocker; None if it is not one."""
    if ticket is None or not ticket.is_open or ticket.priority != "blocker":
        return None
    return ticket.environment_id


def is_confirmed(ticket: Ticket) -> bool:
    """Whether the blocker is one by first level's word: a contact asks for it, OPS decides (R5)."""
    return ticket.blocker_confirmed_by is not None


def confirm_blocker(ticket: Ticket, actor: str) -> Ticket | Rejection:
    """Confirm a contact's blocker, as somebody else than the contact: it permits emergency changes now."""
    if rejection := check_transition(ticket, "confirm_blocker"):
        return rejection
    if blocked_environment(ticket) is None or is_confirmed(ticket):
        return Rejection(
            "NOTHING_PENDING", f"{ticket.key} is no blocker that waits for a confirmation."
        )
    if actor == ticket.opened_by:
        return Rejection(
            "FOUR_EYES", f"{actor} asked for {ticket.key}; another person must confirm the blocker."
        )
    return replace(ticket, blocker_confirmed_by=actor)


def blocker_changes(before: Ticket | None, after: Ticket) -> list[tuple[Change, Ticket]]:
    """The blockers that a change lifts, raises and confirms, with the ticket that names the environment.

    A ticket that moves to another environment lifts the old blocker and raises the new one.
    """
    blocked_before, blocked_after = blocked_environment(before), blocked_environment(after)
    if blocked_before == blocked_after:
        newly = before is not None and blocked_after and is_confirmed(after) > is_confirmed(before)
        return [("confirmed", after)] if newly else []
    lifted: list[tuple[Change, Ticket]] = [("lifted", before)] if blocked_before and before else []
    raised: list[tuple[Change, Ticket]] = [("raised", after)] if blocked_after else []
    return lifted + raised
