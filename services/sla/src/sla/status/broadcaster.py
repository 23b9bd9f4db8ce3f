"""Broadcasts the status: one reader per process, however many listen; none holds a connection.

It reads when something has changed, at most once a second and for at most a tenth of the time, and
not at all while nobody listens. A slow listener misses states in between, never the latest one.
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
"""The least seconds between two readings; more where a reading takes over a tenth of it."""
REFRESH_INTERVAL_S = 30.0
"""Seconds after which it reads again without an event: availability changes by itself."""
MAX_LISTENERS = 1_000
MAX_LISTENERS_PER_CALLER = 10
"""The most listeners of a process, and of one caller."""


class Listener:
    """One subscriber. `customer` is the key of the customer whose lines it gets; None: all."""

    def __init__(self, identity: str, customer: str | None) -> None:
        self.identity = identity
        self.customer = customer
        self.is_closed = False
        self._next: asyncio.Queue[Status | None] = asyncio.Queue(maxsize=1)

    async def next(self) -> Status | None:
        """Wait for the next state; None once the listener has ended."""
        return await self._next.get()

    def offer(self, latest: Status) -> None:
        """Put the latest state; it replaces one that was not fetched yet."""
        if not self.is_closed:
            self._put(latest)

    def end(self) -> None:
        """End: whoever waits for a state gets None, and no more states come."""
        self.is_closed = True
        self._put(None)

    def _put(self, item: Status | None) -> None:
        if self._next.full():
            self._next.get_nowait()
        self._next.put_nowait(item)


class StatusBroadcaster:
    """Reads the status and passes it to all listeners while `run` runs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.availability = AvailabilityCache()
        self._availability_of_customers: dict[str, AvailabilityCache] = {}
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
        """Subscribe, beginning with the present state if it is known. Raises TooManyRequests."""
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

    def availability_for(self, customer: str | None) -> AvailabilityCache:
        """Return the cache that a caller's transaction fills: of all customers, or of one (a key).

        A contact's transaction sees its own customer's rows, which must not answer anybody else.
        """
        if customer is None:
            return self.availability
        return self._availability_of_customers.setdefault(customer, AvailabilityCache())

    async def run(self) -> None:
        """Read and broadcast while somebody listens, until cancelled; retry while the database is
        away."""
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
            # The number of an event is taken before its transaction commits: read once more then.
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
            # The state would be out of date when the next listener comes.
            self._has_listeners.clear()
            self._latest, self._version = None, -1
