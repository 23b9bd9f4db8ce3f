"""Intake with one difference: every ticket is a statement, and a commit, of its own.

`python -m tests.benchmarks.unbatched serve`, with intake's environment.
"""

import asyncio
from dataclasses import replace

from fastapi import FastAPI

from common.cli.server import serve
from common.http.idempotency import Key
from common.persistence.database import Database
from intake.app import SERVICE
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import Opening, Raw
from intake.tickets.ticket_batcher import Write


class OneByOne:
    """In the place of `intake.tickets.ticket_batcher.Accepting`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._turn = asyncio.Lock()
        self._raw: Raw | None = None

    async def open(self, write: Write, key: Key | None) -> Opening:
        """Store one ticket; returns when it is committed."""
        async with self._turn:
            raw = self._raw = self._raw or await self.database.connect()
            at, numbers = await store.moment_and_numbers(raw, self.database.schema, 1)
            opening = write(numbers[0], at)
            await store.accept(raw, [opening])
        for wake in self.database.on_announced:
            wake()
        return opening

    async def close(self) -> None:
        if self._raw is not None:
            await self._raw.close()


async def one_by_one(app: FastAPI) -> None:
    """Takes the batches' place before the first request comes."""
    app.state.accepting = OneByOne(app.state.database)


if __name__ == "__main__":
    serve(replace(SERVICE, background=(one_by_one, *SERVICE.background)))
