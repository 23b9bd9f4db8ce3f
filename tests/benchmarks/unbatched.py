"""Intake with one difference: every ticket is a statement, and a commit, of its own.

`python -m tests.benchmarks.unbatched serve`, with intake's environment.
"""

import asyncio
from dataclasses import replace

from fastapi import FastAPI

from common.cli.server import serve
from common.http.idempotency import IdempotencyKey
from common.persistence.database import Database
from intake.app import SERVICE
from intake.tickets.commands import Actor
from intake.tickets.domain.new_ticket import TicketRequest
from intake.tickets.new_ticket_rows import build_rows
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import NewTicketRows, RawConnection


class UnbatchedTickets:
    """In place of `intake.tickets.ticket_batcher.TicketBatcher`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lock = asyncio.Lock()
        self._connection: RawConnection | None = None

    async def create(
        self, request: TicketRequest, actor: Actor, key: IdempotencyKey | None
    ) -> NewTicketRows:
        """Store one ticket; returns when it is committed."""
        async with self._lock:
            if self._connection is None:
                self._connection = await self.database.dedicated_connection()
            at, numbers = await store.fetch_time_and_numbers(
                self._connection, self.database.schema, 1
            )
            rows = build_rows(request, actor, key, numbers[0], at)
            await store.insert_batch(self._connection, [rows])
        for wake in self.database.on_outbox_events:
            wake()
        return rows

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


async def store_one_by_one(app: FastAPI) -> None:
    """Replace the batcher before the first request comes."""
    app.state.ticket_batcher = UnbatchedTickets(app.state.database)


if __name__ == "__main__":
    serve(replace(SERVICE, background=(store_one_by_one, *SERVICE.background)))
