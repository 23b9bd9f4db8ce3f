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
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import NewTicketRows, RawConnection
from intake.tickets.ticket_batcher import RowsBuilder


class UnbatchedTickets:
    """In the place of `intake.tickets.ticket_batcher.Accepting`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._turn = asyncio.Lock()
        self._raw: RawConnection | None = None

    async def open(self, write: RowsBuilder, key: IdempotencyKey | None) -> NewTicketRows:
        """Store one ticket; returns when it is committed."""
        async with self._turn:
            raw = self._raw = self._raw or await self.database.dedicated_connection()
            at, numbers = await store.fetch_time_and_numbers(raw, self.database.schema, 1)
            opening = write(numbers[0], at)
            await store.insert_batch(raw, [opening])
        for wake in self.database.on_outbox_events:
            wake()
        return opening

    async def close(self) -> None:
        if self._raw is not None:
            await self._raw.close()


async def one_by_one(app: FastAPI) -> None:
    """Takes the batches' place before the first request comes."""
    app.state.accepting = UnbatchedTickets(app.state.database)


if __name__ == "__main__":
    serve(replace(SERVICE, background=(one_by_one, *SERVICE.background)))
