"""Intake with one difference: every ticket is a statement, and a commit, of its own.

`python -m tests.benchmarks.unbatched serve`, with intake's environment.
"""

import asyncio
from dataclasses import replace

from common.cli.server import serve
from common.domain import Actor
from common.http.idempotency import IdempotencyKey
from common.persistence.database import Database
from intake.app import SERVICE
from intake.tickets.domain.new_ticket import TicketRequest
from intake.tickets.new_ticket_rows import build_rows
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import NewTicketRows
from intake.tickets.ticket_batcher import TicketBatcher


class UnbatchedTickets(TicketBatcher):
    """In place of intake's batcher: it stores each ticket at once."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._lock = asyncio.Lock()

    async def create(
        self, request: TicketRequest, actor: Actor, key: IdempotencyKey | None
    ) -> NewTicketRows:
        """Store one ticket; returns when it is committed."""
        async with self._lock:
            connection = await self._get_connection(self.lanes[0])
            at, numbers = await store.fetch_time_and_numbers(connection, self.database.schema, 1)
            rows = build_rows(request, actor, key, numbers[0], at)
            await store.insert_batch(connection, [rows])
        for wake in self.database.on_outbox_events:
            wake()
        return rows


if __name__ == "__main__":
    resources = (UnbatchedTickets if one is TicketBatcher else one for one in SERVICE.resources)
    serve(replace(SERVICE, resources=tuple(resources)))
