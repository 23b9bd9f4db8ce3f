"""Records who reads personal data, in one statement a second, so that no page waits for it (R16)."""

import asyncio
import math
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from common.auth import Caller
from common.errors import ServiceUnavailable
from common.http import runtime_of
from common.messaging.trouble import Troubles
from common.persistence.database import Database, is_transient
from common.persistence.errors import describe_error
from common.persistence.workload import LOOPS
from common.runtime import Runtime
from common.telemetry import logger
from common.telemetry.metrics import READS_UNSTORED
from intake.reads import store

log = logger(__name__)

FLUSH_INTERVAL_S: Final = 1.0
"""Seconds between two statements: so much is lost where the process is killed (decision 1146)."""
MAX_PENDING: Final = 10_000
"""Reads in memory, with those that are being stored. The next one waits until they are, and is refused where they cannot be."""
MAX_AGE_S: Final = 30.0
"""Seconds that a read may wait to be stored; as long as one has waited longer, the next ones wait, too."""
MAX_WAIT_S: Final = 5.0
"""Seconds that a request waits for room, before it is refused."""
NOT_NOTED: Final = (
    "Who reads personal data cannot be noted at present, so nobody reads it. Try again in a moment."
)


class ReadRecorder:
    """The reads of this process that are not stored yet: each pair of subject and person once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.troubles = Troubles("reads")
        self._pending: set[tuple[str, str]] = set()
        self._in_flight: frozenset[tuple[str, str]] = frozenset()
        self._pending_since = self._in_flight_since = math.inf
        self._lock = asyncio.Lock()

    @property
    def unstored(self) -> int:
        """How many reads are in memory, with those that are being stored."""
        return len(self._pending) + len(self._in_flight)

    @property
    def trouble(self) -> str | None:
        """Why what is read cannot be noted as it should; None while it can."""
        if self._is_late():
            text = f"{self.unstored} reads have waited to be stored for over {MAX_AGE_S:.0f} s: who reads personal data is answered 503"
            return f"{self.troubles.text}; {text}" if self.troubles.text else f"reads: {text}"
        return self.troubles.text

    async def note(self, caller: Caller, *subjects: str) -> None:
        """Note that the caller reads these. Contacts, who read what is theirs, are not noted.

        Raises ServiceUnavailable, or what the database raises, where no more may be kept in memory.
        """
        if caller.customer is not None or not subjects:
            return
        if not self._has_room(len(subjects)):
            await self._make_room(len(subjects))
        self._pending_since = min(self._pending_since, monotonic())
        self._pending.update((subject, caller.sub) for subject in subjects)
        READS_UNSTORED.set(self.unstored)

    def _has_room(self, more: int) -> bool:
        return self.unstored + more <= MAX_PENDING and not self._is_late()

    def _is_late(self) -> bool:
        return monotonic() - min(self._pending_since, self._in_flight_since) > MAX_AGE_S

    async def _make_room(self, more: int) -> None:
        try:
            async with asyncio.timeout(MAX_WAIT_S):
                await self.flush()
        except TimeoutError:
            raise ServiceUnavailable(1, NOT_NOTED) from None
        if not self._has_room(more):
            raise ServiceUnavailable(1, NOT_NOTED)

    async def flush(self) -> None:
        """Store what was noted. Raises where that fails; then it is still noted."""
        async with self._lock:
            if not self._pending:
                return
            self._in_flight, self._pending = frozenset(self._pending), set()
            self._in_flight_since, self._pending_since = self._pending_since, math.inf
            try:
                async with self.database.for_workload(LOOPS).transaction(all_rows=True) as tx:
                    await store.add(tx, self._in_flight)
            except BaseException as error:
                self._pending |= self._in_flight
                self._pending_since = min(self._pending_since, self._in_flight_since)
                if isinstance(error, Exception):
                    self.troubles.report("store", f"cannot be stored: {describe_error(error)}")
                raise
            finally:
                self._in_flight, self._in_flight_since = frozenset(), math.inf
                READS_UNSTORED.set(self.unstored)
            self.troubles.clear("store")


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
        # It is tried again in a second, and readiness names it. The database is away: pages fail, too.
        if not is_transient(error):
            log.exception("reads.not_stored")
