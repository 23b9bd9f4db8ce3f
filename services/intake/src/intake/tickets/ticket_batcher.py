"""Natural batching: while one batch of new tickets commits, the next one gathers.

There is no timed window: alone, a request is its own batch at once. The queue is bounded, so that
a slow database ends in 503 and not in memory. A batch that fails by an error of SQL is done again
one by one, so that a bad ticket does not fail its neighbours. After a lost connection the ids are
looked up: who is there is answered as kept, who is not may send again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from common.errors import Busy
from common.http.idempotency import Key
from common.persistence.database import Database, passing
from common.telemetry import logger, metrics
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import Opening, Raw

log = logger(__name__)

BATCH: Final = 128
MOST_WAITING: Final = 2_048
PATIENCE: Final = 10.0
"""Seconds that a batch may take before its connection is given up."""
LOOKS: Final = 5
"""How often it is asked, a second apart, what became of a batch whose connection was lost."""

Write = Callable[[int, datetime], Opening]
"""From the ticket's number and the moment to what is to be stored."""


class KeyTaken(Exception):
    """The Idempotency-Key was used before: nothing was stored."""

    def __init__(self, key: Key) -> None:
        super().__init__("this Idempotency-Key was used before")
        self.key = key


@dataclass(slots=True, eq=False)
class Waiting:
    """A request that waits for its ticket. `write` runs in the context of its own trace."""

    write: Write
    key: Key | None
    context: Context = field(default_factory=copy_context)
    done: "asyncio.Future[Opening]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def answer(self, opening: Opening) -> None:
        if not self.done.done():
            self.done.set_result(opening)


class Accepting:
    """The one place that opens tickets in batches; one for each replica's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queue: deque[Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._raw: Raw | None = None

    async def open(self, write: Write, key: Key | None) -> Opening:
        """Store one ticket; returns when it is committed. Who goes away does not undo it.

        Raises KeyTaken, Busy (nothing known to be stored), or what PostgreSQL says of this ticket.
        """
        if len(self._queue) >= MOST_WAITING:
            raise Busy(1)
        waiting = Waiting(write, key)
        self._queue.append(waiting)
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain(), name="accepting")
        return await waiting.done

    async def close(self) -> None:
        """Let what is under way end, then close the connection."""
        if self._draining is not None:
            await asyncio.wait([self._draining], timeout=PATIENCE)
        if self._raw is not None:
            await self._raw.close(timeout=PATIENCE)
            self._raw = None

    async def _drain(self) -> None:
        try:
            while batch := self._next():
                await self._take(batch)
        finally:
            self._draining = None

    def _next(self) -> list[Waiting]:
        """At most BATCH of those that wait; of two with one key the later waits for the next."""
        batch: list[Waiting] = []
        keys: set[tuple[str, str]] = set()
        while self._queue and len(batch) < BATCH:
            key = self._queue[0].key
            if key is not None:
                if (key.caller, key.key) in keys:
                    break
                keys.add((key.caller, key.key))
            batch.append(self._queue.popleft())
        return batch

    async def _take(self, batch: Sequence[Waiting]) -> None:
        """Store a batch and answer all of it, whatever happens."""
        try:
            await self._store(batch)
        except Exception as error:  # noqa: BLE001 (it goes to the callers who wait)
            if passing(error) or len(batch) == 1:
                for waiting in batch:
                    waiting.fail(error)
                return
            log.warning("accepting.one_by_one", error=type(error).__name__, batch=len(batch))
            for waiting in batch:
                await self._take([waiting])

    async def _store(self, batch: Sequence[Waiting]) -> None:
        raw = await self._connected()
        written: list[tuple[Waiting, Opening]] = []
        try:
            async with asyncio.timeout(PATIENCE):
                at, numbers = await store.moment_and_numbers(raw, self.database.schema, len(batch))
                written = _written(batch, numbers, at)
                kept = await store.accept(raw, [opening for _, opening in written])
        except Exception as error:
            if not _is_lost(raw, error):
                raise
            raw.terminate()
            log.warning("accepting.connection_lost", error=type(error).__name__)
            _answer(written, await self._look_up(written), lambda _: Busy(1))
            if not written:
                raise
            return
        metrics.BATCH_SIZE.observe(len(written))
        for wake in self.database.on_announced:
            wake()
        _answer(written, kept, _taken)

    async def _connected(self) -> Raw:
        if self._raw is None or self._raw.is_closed():
            self._raw = await self.database.connect()
        return self._raw

    async def _look_up(self, written: Sequence[tuple[Waiting, Opening]]) -> set[UUID]:
        """Which tickets were committed before the connection went; none if nobody can say."""
        ids = [opening.ticket.id for _, opening in written]
        for _ in range(LOOKS if ids else 0):
            try:
                return await store.those_kept(await self._connected(), ids)
            except Exception as error:
                if not passing(error):
                    raise
                await asyncio.sleep(1)
        return set()


def _is_lost(raw: Raw, error: BaseException) -> bool:
    """Whether nobody knows if the statement was committed: then it must not be done again."""
    return raw.is_closed() or isinstance(error, TimeoutError | OSError | asyncpg.InterfaceError)


def _written(
    batch: Sequence[Waiting], numbers: Sequence[int], at: datetime
) -> list[tuple[Waiting, Opening]]:
    """What is to be stored. A request that cannot be written fails alone."""
    written: list[tuple[Waiting, Opening]] = []
    for waiting, number in zip(batch, numbers, strict=True):
        try:
            written.append((waiting, waiting.context.run(waiting.write, number, at)))
        except Exception as error:  # noqa: BLE001 (it goes to the caller who waits)
            waiting.fail(error)
    return written


def _answer(
    written: Sequence[tuple[Waiting, Opening]],
    kept: set[UUID],
    otherwise: Callable[[Opening], Exception],
) -> None:
    for waiting, opening in written:
        if opening.ticket.id in kept:
            waiting.answer(opening)
        else:
            waiting.fail(otherwise(opening))


def _taken(opening: Opening) -> Exception:
    assert opening.key is not None, "only a key that was there before keeps a ticket out"
    return KeyTaken(opening.key)
