"""The status board: one reader per process, however many listen; nobody holds a connection.

It reads when something has changed, at most once a second and for at most a tenth of the time, and
not at all while nobody listens. A listener that is slow misses states in between, never the latest.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import TooManyRequests
from common.persistence.database import Database, is_transient
from common.telemetry import logger
from sla.status import store as status
from sla.status.domain import Status
from sla.status.queries import AvailabilityCache, load_current_status

log = logger(__name__)

MIN_READ_INTERVAL_S = 1.0
"""Seconds between two readings, at least; longer where a reading takes more than a tenth of it."""
REFRESH_INTERVAL_S = 30.0
"""Seconds after which it is read again though no event was heard: availability moves by itself."""
MAX_LISTENERS = 1_000
MAX_LISTENERS_PER_CALLER = 10
"""Listeners of a process, and of one caller: a wall screen, a phone, and a few forgotten tabs."""


class Listener:
    """One ear. `customer`: whose lines it hears; None: all."""

    def __init__(self, identity: str, customer: str | None) -> None:
        self.identity = identity
        self.customer = customer
        self.is_closed = False
        self._next: asyncio.Queue[Status | None] = asyncio.Queue(maxsize=1)

    async def next(self) -> Status | None:
        """The latest state that was not heard yet; None when it is over."""
        return await self._next.get()

    def offer(self, latest: Status) -> None:
        """A state that was not fetched meanwhile is outdated by this one."""
        if not self.is_closed:
            self._put(latest)

    def end(self) -> None:
        """No more states, and no waiting for one."""
        self.is_closed = True
        self._put(None)

    def _put(self, item: Status | None) -> None:
        if self._next.full():
            self._next.get_nowait()
        self._next.put_nowait(item)


class StatusBroadcaster:
    """`run` goes on until cancelled; a database that is gone is waited for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.availability = AvailabilityCache()
        self.read_count = 0
        self._listeners: set[Listener] = set()
        self._count_by_identity: Counter[str] = Counter()
        self._has_listeners = asyncio.Event()
        self._latest: Status | None = None
        self._version = -1
        self._must_reread = False
        self._read_at = 0.0

    @contextmanager
    def subscribe(self, identity: str, customer: str | None) -> Iterator[Listener]:
        """An ear, first told the present state. Raises TooMany."""
        if (
            len(self._listeners) >= MAX_LISTENERS
            or self._count_by_identity[identity] >= MAX_LISTENERS_PER_CALLER
        ):
            raise TooManyRequests(int(REFRESH_INTERVAL_S))
        listener = Listener(identity, customer)
        self._listeners.add(listener)
        self._count_by_identity[identity] += 1
        self._has_listeners.set()
        if self._latest is not None:
            listener.offer(self._latest)
        try:
            yield listener
        finally:
            self._remove(listener)

    async def run(self) -> None:
        """Read and tell, as long as somebody listens."""
        clock = asyncio.get_running_loop()
        while True:
            await self._has_listeners.wait()
            started_at = clock.time()
            try:
                await self._refresh(started_at)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("status.unread", error=type(error).__name__)
            await asyncio.sleep(max(MIN_READ_INTERVAL_S, 9 * (clock.time() - started_at)))

    async def _refresh(self, started_at: float) -> None:
        async with self.database.transaction() as tx:
            version = await status.load_version(tx)
            changed = version != self._version
            is_stale = started_at - self._read_at > REFRESH_INTERVAL_S
            # An event's number is taken before its transaction commits: look once more after it.
            if not (changed or self._must_reread or is_stale):
                return
            current = await load_current_status(tx, self.availability)
        self._version, self._must_reread, self._read_at = version, changed, started_at
        self.read_count += 1
        if self._latest is None or self._latest.lines != current.lines:
            self._latest = current
            for listener in tuple(self._listeners):
                listener.offer(current)

    def _remove(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._count_by_identity[listener.identity] -= 1
        if self._count_by_identity[listener.identity] <= 0:
            del self._count_by_identity[listener.identity]
        if not self._listeners:
            # What is kept would be old when the next one comes.
            self._has_listeners.clear()
            self._latest, self._version = None, -1
