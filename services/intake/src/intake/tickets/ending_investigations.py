"""End the investigation of a ticket that ends itself: nobody looks for its cause any more (R9)."""

from datetime import datetime
from typing import Final

from common.domain import Actor
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from intake.improvements.commands import owe
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store.investigation_ends import end_open

LONG_INVESTIGATION: Final = "investigation"
"""The kind of deadline after which an investigation takes longer than the set time."""


async def end_with_ticket(tx: Connection, ticket: Ticket, actor: Actor, at: datetime) -> None:
    """End what is still looked for on a locked ticket, as one whose cause nobody recorded.

    Its time counts until now. Where that is longer than the set time, better monitoring is owed.
    """
    ended = await end_open(tx, ticket.id, actor.sub, at)
    if ended is None:
        return
    await schedule(tx, [Deadline(LONG_INVESTIGATION, ended.id, None)])
    if at > ended.limit_at:
        await owe(tx, ticket.id, ticket.key, "long_investigation", actor, at)
