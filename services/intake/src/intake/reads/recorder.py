"""Records who reads personal data, in one statement a second, so that no page waits for it (R16)."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from common.auth import Caller
from common.http import runtime_of
from common.persistence.database import Database, is_transient
from common.persistence.workload import LOOPS
from common.runtime import Runtime
from common.telemetry import logger
from intake.reads import store

log = logger(__name__)

FLUSH_INTERVAL_S: Final = 1.0
"""Seconds between two statements: so much is lost where the process is killed (decision 1146)."""
MAX_PENDING: Final = 10_000
"""Reads in memory. The next one waits until they are stored, and fails where they cannot be."""


class ReadRecorder:
    """The reads of this process that are not stored yet: each pair of subject and person once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._pending: set[tuple[str, str]] = set()
        self._lock = asyncio.Lock()

    async def note(self, caller: Caller, *subjects: str) -> None:
        """Note that the caller reads these. Contacts, who read what is theirs, are not noted."""
        if caller.customer is not None:
            return
        if len(self._pending) + len(subjects) > MAX_PENDING:
            await self.flush()
        self._pending.update((subject, caller.sub) for subject in subjects)

    async def flush(self) -> None:
        """Store what was noted. Raises where that fails; then it is still noted."""
        async with self._lock:
            taken, self._pending = self._pending, set()
            if not taken:
                return
            try:
                async with self.database.for_workload(LOOPS).transaction(all_rows=True) as tx:
                    await store.add(tx, taken)
            except BaseException:
                self._pending |= taken
                raise


async def _recorder(request: Request) -> ReadRecorder:
    return runtime_of(request.app).resource(ReadRecorder)


Reads = Annotated[ReadRecorder, Depends(_recorder)]


async def run_read_recorder(runtime: Runtime[Any]) -> None:
    """Store what was noted once a second, and the last of it when the service stops."""
    recorder = runtime.resource(ReadRecorder)
    try:
        while True:
            await asyncio.sleep(FLUSH_INTERVAL_S)
            await _try_flush(recorder)
    finally:
        await recorder.flush()


async def _try_flush(recorder: ReadRecorder) -> None:
    try:
        await recorder.flush()
    except Exception as error:
        # It is tried again in a second. The database is away: pages fail, too.
        if not is_transient(error):
            log.exception("reads.not_stored")
