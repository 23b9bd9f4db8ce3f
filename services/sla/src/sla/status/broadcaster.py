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
from sla.status.queries import Shares, present

log = logger(__name__)

PAUSE = 1.0
"""Seconds between two readings, at least; longer where a reading takes more than a tenth of it."""
REFRESH = 30.0
"""Seconds after which it is read again though no event was heard: availability moves by itself."""
MOST = 1_000
MOST_OF_ONE = 10
"""Listeners of a process, and of one caller: a wall screen, a phone, and a few forgotten tabs."""


class Listener:
    """One ear. `customer`: whose lines it hears; None: all."""

    def __init__(self, who: str, customer: str | None) -> None:
        self.who = who
        self.customer = customer
        self.ended = False
        self._next: asyncio.Queue[Status | None] = asyncio.Queue(maxsize=1)

    async def next(self) -> Status | None:
        """The latest state that was not heard yet; None when it is over."""
        return await self._next.get()

    def tell(self, latest: Status) -> None:
        """A state that was not fetched meanwhile is outdated by this one."""
        if not self.ended:
            self._put(latest)

    def end(self) -> None:
        """No more states, and no waiting for one."""
        self.ended = True
        self._put(None)

    def _put(self, one: Status | None) -> None:
        if self._next.full():
            self._next.get_nowait()
        self._next.put_nowait(one)


class Board:
    """`run` goes on until cancelled; a database that is gone is waited for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.shares = Shares()
        self.readings = 0
        self._listeners: set[Listener] = set()
        self._of: Counter[str] = Counter()
        self._somebody = asyncio.Event()
        self._latest: Status | None = None
        self._version = -1
        self._unsettled = False
        self._read_at = 0.0

    @contextmanager
    def listening(self, who: str, customer: str | None) -> Iterator[Listener]:
        """An ear, first told the present state. Raises TooMany."""
        if len(self._listeners) >= MOST or self._of[who] >= MOST_OF_ONE:
            raise TooManyRequests(int(REFRESH))
        listener = Listener(who, customer)
        self._listeners.add(listener)
        self._of[who] += 1
        self._somebody.set()
        if self._latest is not None:
            listener.tell(self._latest)
        try:
            yield listener
        finally:
            self._forget(listener)

    async def run(self) -> None:
        """Read and tell, as long as somebody listens."""
        clock = asyncio.get_running_loop()
        while True:
            await self._somebody.wait()
            began = clock.time()
            try:
                await self._look(began)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("status.unread", error=type(error).__name__)
            await asyncio.sleep(max(PAUSE, 9 * (clock.time() - began)))

    async def _look(self, began: float) -> None:
        async with self.database.transaction() as tx:
            version = await status.version(tx)
            moved = version != self._version
            old = began - self._read_at > REFRESH
            # An event's number is taken before its transaction commits: look once more after it.
            if not (moved or self._unsettled or old):
                return
            found = await present(tx, self.shares)
        self._version, self._unsettled, self._read_at = version, moved, began
        self.readings += 1
        if self._latest is None or self._latest.lines != found.lines:
            self._latest = found
            for listener in tuple(self._listeners):
                listener.tell(found)

    def _forget(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._of[listener.who] -= 1
        if self._of[listener.who] <= 0:
            del self._of[listener.who]
        if not self._listeners:
            # What is kept would be old when the next one comes.
            self._somebody.clear()
            self._latest, self._version = None, -1
