"""Publish the state of the open tickets again, for new subscribers and after a restore."""

from typing import Final
from uuid import UUID

from common.messaging.outbox import publish
from common.persistence.database import Database, transaction_time
from intake.tickets.events import known_event
from intake.tickets.store import tickets

BATCH_SIZE: Final = 100
"""Tickets that one transaction announces: as long as they are locked, nobody works on them."""


async def publish_all(database: Database) -> int:
    """Publish every ticket that is open, or is or was a blocker, with a new sequence.

    Returns the number of events.
    """
    total = 0
    after: UUID | None = None
    while True:
        async with database.transaction() as tx:
            current = await tickets.lock_current(tx, after, BATCH_SIZE)
            at = await transaction_time(tx)
            for announced, event in (known_event(ticket, at) for ticket in current):
                await tickets.save(tx, announced)
                await publish(tx, event)
        if not current:
            return total
        after, total = current[-1].id, total + len(current)
