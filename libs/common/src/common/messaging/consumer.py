"""The Kafka consumer: polls, applies records through the inbox, commits offsets afterwards.

aiokafka 0.14 can hang after a restart of the broker, and a handler slower than the poll interval
makes it loop for ever: so there is a watchdog, and every step has a time limit.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.batch_processor import BatchProcessor, ConsumerHalted
from common.messaging.catch_up import is_caught_up
from common.messaging.group_lag import GroupLag
from common.messaging.inbox import Handlers, Inbox
from common.messaging.kafka import Kafka, run_until_first_error, with_timeout
from common.messaging.positions import Record
from common.messaging.prefetch import Prefetcher, RecordsByPartition
from common.messaging.rebalance import ResetOnRebalance
from common.persistence.database import Database, is_transient
from common.telemetry import logger, metrics

log = logger(__name__)

FETCH_MAX_WAIT_MS = 20
PARKED_INTERVAL_S = 1.0
"""Seconds between looks at parked records whose reference may have come on another topic."""
WATCH_INTERVAL_S = 1.0
RETRY_DELAY_S = 0.5
"""Seconds until the next try after our own database failed."""
STALE_AFTER_S = 5.0
"""Seconds without end offsets after which the consumer counts as behind."""
STUCK_AFTER_S = 15.0
"""Seconds with lag and without progress after which the client is created again."""


class Consumer:
    """The consumer of one replica of a service. `trouble` says why it receives nothing, else None."""

    def __init__(self, database: Database, kafka: Kafka, service: str, handlers: Handlers) -> None:
        self.kafka = kafka
        self.service = service
        self.inbox = Inbox(service, handlers)
        self.processor = BatchProcessor(database, self.inbox)
        self.trouble: str | None = "consumer: not started"
        self._applied_offsets: dict[TopicPartition, int] = {}
        self._end_offsets: dict[TopicPartition, int] = {}
        self._refreshed_at = float("-inf")
        self._progress_at = 0.0
        self._group = f"opsdesk.{service}"
        self._group_lag = GroupLag(kafka, self._group)
        self._client: Any = None
        self._busy = False

    async def run(self) -> None:
        """Receive events as long as the service runs, whatever happens to the broker."""
        if not self.inbox.topics:
            self.trouble = None
            return
        while True:
            try:
                await self._run_client()
            except ConsumerHalted as stopped:
                self.trouble = f"consumer: stopped, {stopped}"
                metrics.CONSUMER_STOPPED.set(1)
                log.error("consumer.stopped", reason=str(stopped))
                return
            except Exception as error:  # noqa: BLE001 - logged below; receiving must go on
                trouble = f"consumer: {type(error).__name__}: {error}"
                if trouble != self.trouble:  # once, not every second of an outage
                    log.warning("consumer.restarting", detail=str(error))
                self.trouble = trouble
                metrics.CONSUMER_RECREATED.inc()
                await asyncio.sleep(1)

    def is_behind(self) -> bool:
        """Return whether events are not applied yet, or whether that is unknown."""
        if not self.inbox.topics:
            return False
        if self._now() - self._refreshed_at > STALE_AFTER_S:
            return True
        return self._local_lag() > 0 or self._group_lag.is_behind

    async def lag(self) -> int | None:
        """Ask the broker how many records of this replica's partitions are not applied; None: unknown."""
        if not self.inbox.topics:
            return 0
        with suppress(KafkaError, TimeoutError):
            await self._refresh_lag()
            return self._local_lag()
        return None

    async def is_current(self, topic: str, key: str, within_s: float) -> bool:
        """Return whether all records with this key that were sent until now are applied.

        Waits for them at most `within_s` seconds; False also where that is unknown.
        """
        if self._client is None:
            return False
        return await is_caught_up(self._client, (topic, key), self._reached, within_s)

    async def _reached(self, partition: TopicPartition) -> int:
        if self._client is not None and partition in self._client.assignment():
            return self._applied_offsets.get(partition, -1)
        return (await self._group_lag.committed_offsets()).get(partition, 0)

    def _local_lag(self) -> int:
        return sum(
            max(0, end - self._applied_offsets.get(tp, 0)) for tp, end in self._end_offsets.items()
        )

    async def _run_client(self) -> None:
        client = AIOKafkaConsumer(
            **self.kafka.options(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_MAX_WAIT_MS,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=300_000,
        )
        self._applied_offsets, self._end_offsets = {}, {}
        client.subscribe(
            self.inbox.topics, listener=ResetOnRebalance(self._applied_offsets, self.processor)
        )
        try:
            await with_timeout(30, client.start())
            self._client, self._progress_at = client, self._now()
            prefetcher = Prefetcher(client, self._applied_offsets)
            await run_until_first_error(
                prefetcher.run(),
                self._process_forever(prefetcher),
                self._commit_offsets(client),
                self._watch_lag(),
            )
        finally:
            self._client = None
            self._refreshed_at = float("-inf")
            await _stop_client(client)

    async def _process_forever(self, prefetcher: Prefetcher) -> None:
        release_at = 0.0
        while True:
            batch = await prefetcher.take(PARKED_INTERVAL_S)
            self._busy = True
            if batch:
                await self._process(batch)
            if self.processor.has_parked and (batch or self._now() >= release_at):
                await self._release_parked()
                release_at = self._now() + PARKED_INTERVAL_S
            self._busy = False

    async def _process(self, batch: RecordsByPartition) -> None:
        """Apply these records, however long our own database is away."""
        records = [
            Record.from_message(message) for messages in batch.values() for message in messages
        ]
        while not await self._try_process(records):  # noqa: ASYNC110 - no event says that it is back
            await asyncio.sleep(RETRY_DELAY_S)
        for partition, messages in batch.items():
            # Unless the group gave the partition to another member meanwhile; never backwards.
            if partition in self._applied_offsets:
                end = messages[-1].offset + 1
                self._applied_offsets[partition] = max(self._applied_offsets[partition], end)
        self._progress_at = self._now()

    async def _try_process(self, records: Sequence[Record]) -> bool:
        try:
            await self.processor.process(records)
        except Exception as error:
            if not is_transient(error):
                raise
            self.trouble = f"consumer: waits for the database ({type(error).__name__})"
            return False
        return True

    async def _release_parked(self) -> None:
        """Apply parked records. Where another replica does so at the same time, try again later."""
        try:
            await self.processor.release_parked()
        except Exception as error:
            if not is_transient(error):
                raise
            log.info("consumer.release_put_off", error=type(error).__name__)

    async def _commit_offsets(self, client: Any) -> None:
        """Commit offsets beside the processing: what counts is the inbox."""
        committed: dict[TopicPartition, int] = {}
        while True:
            await asyncio.sleep(0.2)
            due = {tp: at for tp, at in self._applied_offsets.items() if committed.get(tp) != at}
            due = {tp: at for tp, at in due.items() if tp in client.assignment()}
            if due:
                await with_timeout(10, client.commit(due))
                committed |= due

    async def _watch_lag(self) -> None:
        """Keep the lag current; give up a client that has lag and makes no progress."""
        while True:
            try:
                await self._refresh_lag()
                self.trouble = None
            except (KafkaError, TimeoutError) as error:
                self.trouble = f"consumer: Kafka does not answer ({type(error).__name__})"
            lagging = self._local_lag()
            metrics.CONSUMER_LAG.set(lagging)
            if self._busy or not (lagging or self.trouble):
                self._progress_at = self._now()
            elif self._now() - self._progress_at > STUCK_AFTER_S:
                raise TimeoutError("lag without progress: creating a new client")
            await asyncio.sleep(WATCH_INTERVAL_S)

    async def _refresh_lag(self) -> None:
        client = self._client
        if client is None:
            raise TimeoutError("not connected")
        await with_timeout(3, self._refresh_offsets(client))

    async def _refresh_offsets(self, client: Any) -> None:
        partitions = client.assignment()
        if not partitions:
            raise TimeoutError("no partitions assigned yet")
        for partition in partitions - self._applied_offsets.keys():
            position = await client.position(partition)
            self._applied_offsets.setdefault(partition, position)
        self._end_offsets = await client.end_offsets(list(partitions))
        await self._group_lag.refresh(
            client, self._all_partitions(client) - partitions, self._now()
        )
        self._refreshed_at = self._now()

    def _all_partitions(self, client: Any) -> set[TopicPartition]:
        return {
            TopicPartition(topic, number)
            for topic in self.inbox.topics
            for number in client.partitions_for_topic(topic) or ()
        }

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _stop_client(client: Any) -> None:
    """Stop a client. `stop()` can hang while the broker is down, so it has a time limit."""
    with suppress(TimeoutError, KafkaError):
        await with_timeout(3, client.stop())
