"""A transaction with a time limit that knows why it was not kept: waiting for a lock, or computing.

While it runs for long, another connection looks at what its backend waits for. Waiting for a lock is
trouble of our own operation; computing for too long is the fault of what is computed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import asyncpg

from common.persistence.database import Connection, Database
from common.persistence.errors import CONNECTION_ERRORS, sqlstate_of
from common.persistence.lock_waits import LockWait, backend_pid, find_lock_wait

LOOK_INTERVAL_S = 2.0
"""Seconds until the first look, and between looks."""
LATE_S = 1.0
"""Seconds by which a look may be late before the event loop counts as occupied."""
_LOCK_NOT_AVAILABLE, _QUERY_CANCELED = "55P03", "57014"

OnLockWait = Callable[[LockWait], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a transaction may take in all, and may wait for one lock."""

    seconds: float
    lock_seconds: float


class HandlerTimeout(Exception):
    """The handlers computed for too long, without waiting for a lock."""


class LockTimeout(TimeoutError):
    """The transaction waited for a lock for too long. Says which, and who holds it."""

    def __init__(self, wait: LockWait) -> None:
        super().__init__(str(wait))
        self.wait = wait


class _Watch:
    """Looks at one transaction's backend while it runs."""

    def __init__(self, database: Database, limits: Limits, on_lock_wait: OnLockWait) -> None:
        self.limits = limits
        self._database = database
        self._on_lock_wait = on_lock_wait
        self._interval_s = min(LOOK_INTERVAL_S, limits.lock_seconds / 2)
        self._loop = asyncio.get_running_loop()
        self._started_at = self._loop.time()
        self._looks: list[LockWait | None] = []
        self._occupied_s = 0.0
        self._waiting_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.limit = asyncio.timeout(limits.seconds)

    async def __aenter__(self) -> Self:
        await self.limit.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        await self.limit.__aexit__(kind, error, traceback)

    def observe(self, tx: Connection) -> None:
        """Begin to look, once the transaction has taken long: a short one costs a timer."""
        pid, due_at = backend_pid(tx), self._loop.time() + self._interval_s
        self._timer = self._loop.call_at(due_at, self._start, pid, due_at)

    def _start(self, pid: int, due_at: float) -> None:
        late_s = self._loop.time() - due_at
        self._occupied_s += late_s if late_s > LATE_S else 0.0
        self._task = self._loop.create_task(self._look_forever(pid))

    async def _look_forever(self, pid: int) -> None:
        connection: asyncpg.Connection[Any] | None = None
        try:
            while True:
                try:
                    if connection is None:
                        connection = await self._database.dedicated_connection()
                    self._note(await find_lock_wait(connection, pid))
                except CONNECTION_ERRORS:
                    self._looks.clear()  # what is not known now decides nothing
                await self._sleep()
        finally:
            if connection is not None:
                connection.terminate()

    async def _sleep(self) -> None:
        due_at = self._loop.time() + self._interval_s
        await asyncio.sleep(self._interval_s)
        late_s = self._loop.time() - due_at
        self._occupied_s += late_s if late_s > LATE_S else 0.0

    def _note(self, wait: LockWait | None) -> None:
        self._looks.append(wait)
        if wait is None:
            self._waiting_since = None
            return
        now = self._loop.time()
        self._waiting_since = self._waiting_since or now - self._interval_s
        self._on_lock_wait(wait)
        if now - self._waiting_since >= self.limits.lock_seconds:
            self.limit.reschedule(now)

    def verdict(self) -> Exception:
        """Return why the limit was not kept; a TimeoutError where nobody could look."""
        waits = [look for look in self._looks if look is not None]
        if waits and (self._looks[-1] is not None or 2 * len(waits) >= len(self._looks)):
            return LockTimeout(waits[-1])
        if self._looks or self._occupied_s >= self.limits.seconds / 2:
            return HandlerTimeout(f"took longer than {self.limits.seconds:.0f} s")
        return TimeoutError(f"took longer than {self.limits.seconds:.0f} s, for unknown reasons")

    def was_cut_short(self, error: BaseException) -> bool:
        """Return whether a time-out of the server or the driver came before the limit."""
        state = sqlstate_of(error)
        if state == _LOCK_NOT_AVAILABLE:
            return bool(self._looks) and self._looks[-1] is not None
        took_long = self._loop.time() - self._started_at >= self.limits.seconds / 2
        is_timeout = isinstance(error, TimeoutError) or state == _QUERY_CANCELED
        return is_timeout and took_long and bool(self._looks)


@asynccontextmanager
async def limited_transaction(
    database: Database, limits: Limits, on_lock_wait: OnLockWait
) -> AsyncIterator[Connection]:
    """Open a transaction that keeps its limits. `on_lock_wait` hears of every wait that is seen.

    Raises HandlerTimeout, LockTimeout, or TimeoutError where the reason is not known.
    """
    watch = _Watch(database, limits, on_lock_wait)
    try:
        async with watch, database.transaction() as tx:
            watch.observe(tx)
            yield tx
    except Exception as error:
        if watch.limit.expired() or watch.was_cut_short(error):
            raise watch.verdict() from error
        raise
