"""Where it goes on what a customer says, by whichever way in: on the ticket, or on one that follows it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from common.domain import Actor
from common.persistence.database import Connection
from intake.links import store as links
from intake.tickets.domain.ticket import Ticket, is_past_reopening
from intake.tickets.store import tickets

MayJoin = Callable[[Ticket], bool]
"""Whether who speaks may write on this ticket."""


def of_same_customer(ticket: Ticket, machine: Actor) -> MayJoin:
    """They write on what is their own company's, as this ticket is.

    What waits for triage is nobody's: there they write only on what the same machine opened for them, since
    who reads the answers may be another one.
    """

    def may_join(other: Ticket) -> bool:
        if other.customer_id is None:
            return other.opened_by == machine.sub
        return other.customer_id == ticket.customer_id

    return may_join


async def lock_going_on(
    tx: Connection, ticket: Ticket, at: datetime, may_join: MayJoin
) -> Ticket | None:
    """The ticket, locked, that takes what is said on this locked one.

    Where it was closed too long ago to be opened again, that is the newest one which goes on after it; None
    where there is none, and one has to be opened (`open_follow_on`).
    """
    return await _find(tx, ticket, at, may_join, set())


async def _find(
    tx: Connection, ticket: Ticket, at: datetime, may_join: MayJoin, seen: set[UUID]
) -> Ticket | None:
    """`seen` ends circles: what goes on after a ticket may be merged into it once that is open again."""
    if not is_past_reopening(ticket, at):
        return ticket
    seen.add(ticket.id)
    for id in await links.list_follow_ons(tx, ticket.id):
        follow_on = await tickets.lock_survivor(tx, id)
        if follow_on.id in seen or not may_join(follow_on):
            continue
        if found := await _find(tx, follow_on, at, may_join, seen):
            return found
    return None
