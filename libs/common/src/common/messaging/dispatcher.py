"""Sends the rows of the outbox, each partition for itself.

A round reads the free rows, sends one batch per partition and waits for the acknowledgements. A
partition that is slow is held while its send goes on, one that fails is held until a later try
succeeds; the other partitions do not wait for it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from common.messaging.held_sends import send_held
from common.messaging.holds import Destination, Holds
from common.messaging.kafka import Kafka
from common.messaging.outbox_queue import MAX_BATCH_ROWS, OutboxQueue
from common.messaging.publisher import SEND_TIMEOUT_S, Publisher, SendResult
from common.now import now
from common.persistence.errors import describe_error
from common.telemetry import logger, metrics

log = logger(__name__)

SLOW_AFTER_S = 1.0
"""Seconds after which a partition without an answer is held, and the others go on."""
MAX_RETRIES = 8
"""Held destinations that are tried at the same time, each with a producer of its own."""


@dataclass(slots=True, eq=False)
class _Attempt:
    """Rows on their way. `held_by` is how they are marked in the outbox, None for free ones."""

    destination: Destination
    rows: Sequence[Any]
    task: "asyncio.Task[list[SendResult]]"
    is_retry: bool
    held_by: Destination | None


class Dispatcher:
    """What the leader sends with. Its holds outlive it, because they are marked in the outbox."""

    def __init__(self, kafka: Kafka, queue: OutboxQueue) -> None:
        self.holds = Holds()
        self._kafka = kafka
        self._queue = queue
        self._publisher: Publisher | None = None
        self._attempts: dict[Destination, _Attempt] = {}
        self._discards: set[asyncio.Task[None]] = set()

    async def load_holds(self) -> None:
        """Take over what a leader before this one has held; it is tried at once."""
        for destination, row in await self._queue.fetch_destinations():
            self.holds.add(destination, row["problem"], row["since"], retry_at=float("-inf"))

    async def round(self) -> int:
        """Send what is free, and try again what is held. Returns how many free rows there were.

        Raises KafkaError, TimeoutError or OSError where Kafka as a whole does not answer, and what
        the database raises.
        """
        await self._settle(self._attempts.values())
        publisher = await self._ready_publisher()
        await self._retry_held()
        rows = await self._queue.fetch_free()
        groups = await self._group(publisher, rows)
        await self._wait_for(
            [self._start(to, group, _send(publisher, to, group)) for to, group in groups.items()]
        )
        return len(rows)

    async def close(self) -> None:
        """Give up what is on its way, and discard the producers."""
        tasks = [attempt.task for attempt in self._attempts.values()]
        for task in tasks:
            task.cancel()
        self._drop_publisher()
        await asyncio.gather(*tasks, *self._discards, return_exceptions=True)
        for destination, _ in self.holds:
            _clear_metric(destination)

    async def _ready_publisher(self) -> Publisher:
        if self._publisher is None:
            self._publisher = Publisher(self._kafka)
            try:
                await self._publisher.start()
            except BaseException:
                self._drop_publisher()
                raise
        return self._publisher

    def _drop_publisher(self) -> None:
        """Use this producer no more; what it still sends may end first."""
        if self._publisher is not None:
            running = [one.task for one in self._attempts.values() if not one.is_retry]
            discarding = asyncio.create_task(_discard(self._publisher, running))
            self._discards.add(discarding)
            discarding.add_done_callback(self._discards.discard)
            self._publisher = None

    async def _group(
        self, publisher: Publisher, rows: Sequence[Any]
    ) -> dict[Destination, list[Any]]:
        """Group free rows by partition; those that have to wait for something held are marked."""
        topics = {row["topic"] for row in rows}
        asked = [topic for topic in topics if Destination(topic) not in self.holds]
        for topic, error in (await publisher.look_up(asked)).items():
            self._fail(Destination(topic), error)
        held_topics = {destination.topic for destination, _ in self.holds}
        free: list[Any] = []
        waiting: dict[Destination, list[Any]] = defaultdict(list)
        for row in rows:
            blocked_by = self._blocking(publisher, row) if row["topic"] in held_topics else None
            (free if blocked_by is None else waiting[blocked_by]).append(row)
        for destination, blocked in waiting.items():
            await self._mark(blocked, destination, held_by=None)
        return publisher.group(free)

    def _blocking(self, publisher: Publisher, row: Any) -> Destination | None:
        topic, key = row["topic"], row["key"]
        is_known = Destination(topic) not in self.holds
        partition = publisher.partition_of(topic, key) if is_known else None
        return self.holds.blocking(topic, partition, key)

    async def _wait_for(self, fresh: Sequence[_Attempt]) -> None:
        """Wait for these sends. What takes longer is held, so that the others go on."""
        if not fresh:
            return
        await asyncio.wait([attempt.task for attempt in fresh], timeout=SLOW_AFTER_S)
        slow = [attempt for attempt in fresh if not attempt.task.done()]
        await self._settle(attempt for attempt in fresh if attempt not in slow)
        for attempt in slow:
            self.holds.add(attempt.destination, "no answer yet", now(), retry_at=float("inf"))
            await self._mark(attempt.rows, attempt.destination, held_by=None)
            attempt.held_by = attempt.destination

    async def _retry_held(self) -> None:
        """Try what is due. Where the last try succeeded and little is left, it is held no more."""
        room = MAX_RETRIES - sum(attempt.is_retry for attempt in self._attempts.values())
        due = [one for one in self.holds.due(_loop_time()) if one not in self._attempts]
        for destination in due[:room]:
            rows = await self._queue.fetch_held(destination)
            if not rows or (self.holds[destination].is_over and len(rows) < MAX_BATCH_ROWS):
                await self._queue.free([row["id"] for row in rows], destination)
                self._release(destination)
                continue
            sending = send_held(self._kafka, destination, rows, self.holds)
            self._start(destination, rows, sending, held_by=destination)

    def _start(
        self,
        destination: Destination,
        rows: Sequence[Any],
        sending: Coroutine[Any, Any, list[SendResult]],
        held_by: Destination | None = None,
    ) -> _Attempt:
        task = asyncio.create_task(sending)
        attempt = _Attempt(destination, rows, task, held_by is not None, held_by)
        self._attempts[destination] = attempt
        return attempt

    async def _settle(self, attempts: Iterable[_Attempt]) -> None:
        """Store what became of the sends that ended: delete what was acknowledged, hold the rest."""
        sent: dict[Destination | None, list[int]] = defaultdict(list)
        for attempt in [one for one in attempts if one.task.done()]:
            del self._attempts[attempt.destination]
            failed: set[Destination] = set()
            for result in attempt.task.result():
                sent[attempt.held_by] += result.sent
                failed |= await self._hold_unsent(attempt, result)
            if attempt.destination not in failed:
                self.holds.succeed(attempt.destination)
        for held_by, ids in sent.items():
            await self._queue.delete(ids, held_by)

    async def _hold_unsent(self, attempt: _Attempt, result: SendResult) -> set[Destination]:
        """Hold what failed. Returns the destinations."""
        failed: set[Destination] = set()
        for row, problem in result.rejected:
            log.error("relay.record_refused", topic=row["topic"], subject=row["subject"])
            key = Destination(row["topic"], key=row["key"])
            self.holds.fail(key, problem, now(), _loop_time())
            await self._mark([row], key, attempt.held_by)
            failed.add(key)
        if result.cause is not None:
            self._fail(result.destination, result.cause)
            failed.add(result.destination)
            if not attempt.is_retry:
                self._drop_publisher()
        if result.cause is not None or result.is_blocked:
            done = {*result.sent}
            unsent = [row for row in result.rows if row["id"] not in done]
            await self._mark(unsent, result.destination, attempt.held_by)
        return failed

    async def _mark(
        self, rows: Sequence[Any], destination: Destination, held_by: Destination | None
    ) -> None:
        problem = self.holds[destination].problem
        await self._queue.hold([row["id"] for row in rows], destination, problem, held_by)

    def _fail(self, destination: Destination, error: Exception) -> None:
        hold = self.holds.fail(destination, describe_error(error), now(), _loop_time())
        since = hold.since.isoformat()
        metrics.RELAY_HELD_SINCE.labels(*_labels(destination)).set(hold.since.timestamp())
        if hold.failures == 1:  # once, not with every try
            log.warning("relay.held", **_where(destination), since=since, problem=hold.problem)

    def _release(self, destination: Destination) -> None:
        hold = self.holds.release(destination)
        if hold.failures:
            _clear_metric(destination)
            log.info("relay.released", **_where(destination), since=hold.since.isoformat())


async def _send(publisher: Publisher, to: Destination, rows: Sequence[Any]) -> list[SendResult]:
    return [await publisher.send(to, rows)]


async def _discard(publisher: Publisher, running: "Sequence[asyncio.Task[Any]]") -> None:
    if running:
        await asyncio.wait(running, timeout=SEND_TIMEOUT_S)
    metrics.PRODUCER_RECREATED.inc()
    await publisher.discard()


def _where(destination: Destination) -> dict[str, Any]:
    return {"topic": destination.topic, "held_by": destination.held_by}


def _labels(destination: Destination) -> tuple[str, str]:
    number = destination.partition
    return destination.topic, "all" if number is None else str(number)


def _clear_metric(destination: Destination) -> None:
    if destination.key is None:
        metrics.RELAY_HELD_SINCE.remove(*_labels(destination))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
