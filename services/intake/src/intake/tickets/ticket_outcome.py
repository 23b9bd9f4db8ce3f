"""What became of tickets whose connection was lost while they were stored.

First the lost connection is ended on the server, and seen gone: its statement may wait there for a
lock, and commit after somebody has looked for the tickets, found none and said "send again".
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from common.errors import UnknownOutcome
from common.persistence.database import Database
from common.persistence.errors import describe_error
from common.persistence.fencing import FENCE, fence
from common.telemetry import logger
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import ticket_batch as store

log = logger(__name__)

LOOK_UP_TIMEOUT_S: Final = 6.0
"""Seconds after which a caller is told that it is not known."""
RETRY_DELAY_S: Final = 0.5
SETTLED_AFTER_S: Final = 15
"""Seconds after which PostgreSQL has ended the statement by itself: its own limits and the grace."""


async def find_committed(database: Database, name: str, ids: Sequence[UUID]) -> set[UUID] | None:
    """Return which tickets were committed by the lost connection of this name; None: not known."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_UP_TIMEOUT_S):
            while True:
                try:
                    return await _fence_and_look_up(database, name, ids)
                except Exception as error:  # noqa: BLE001 - whatever it is, the outcome is not known
                    log.warning("ticket_batcher.outcome_unknown", error=describe_error(error))
                await asyncio.sleep(RETRY_DELAY_S)
    return None


async def _fence_and_look_up(database: Database, name: str, ids: Sequence[UUID]) -> set[UUID]:
    connection = await database.dedicated_connection(FENCE)
    try:
        if not await fence(connection, name):
            raise TimeoutError("the lost connection has not ended yet")
        return await store.existing_ids(connection, ids)
    finally:
        # What it ran changes nothing; PostgreSQL ends it by itself.
        connection.terminate()


def unknown_outcome(ticket: Ticket) -> UnknownOutcome:
    """Return the problem that says how to find out whether this ticket was stored."""
    address = f"/v1/tickets/{ticket.id}"
    detail = (
        "The ticket may have been stored, or not. With an Idempotency-Key send the same request"
        f" again: then it is stored once. Without one ask for {address} in {SETTLED_AFTER_S} seconds:"
        " 200 means stored, 404 not stored, and only then send it again."
    )
    return UnknownOutcome(detail, ticket={"id": str(ticket.id), "key": ticket.key, "href": address})
