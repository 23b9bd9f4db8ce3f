"""The Kafka consumer: polls, and applies records and their offsets through the inbox.

aiokafka 0.14 can hang after a restart of the broker, and a handler slower than the poll interval
makes it loop for ever: so there is a watchdog, and every step has a time limit.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.apply_loop import ApplyLoop
from common.messaging.batch_processor import BatchProcessor, ConsumerHalted
from common.messaging.catch_up import LoadOffsets, Question, end_offsets, have_passed
from common.messaging.consumer_state import ConsumerState
from common.messaging.consumer_watch import ConsumerWatch, TopicsChanged
from common.messaging.deployment_identity import Deployment, verify_deployment
from common.messaging.inbox import Handlers, Inbox
from common.messaging.kafka import Kafka, run_until_first_error, with_timeout
from common.messaging.partition_lag import PartitionLag
from common.messaging.partition_seeker import PartitionSeeker
from common.messaging.prefetch import Lane, Prefetcher
from common.messaging.rebalance import ResetOnRebalance
from common.messaging.release_loop import ReleaseLoop
from common.messaging.trouble import Troubles
from common.persistence.database import Database
from common.persistence.lock_waits import LockWait
from common.telemetry import logger, metrics

log = logger(__name__)

FETCH_MAX_WAIT_MS = 20
COMMIT_INTERVAL_S = 0.2
RESTART_DELAY_S = 1.0
MAX_POLL_INTERVAL_MS = 300_000
"""Milliseconds after which a client that nobody asks for records leaves the group."""
LANES = 2
"""Lanes in which records are applied: one computes while the other waits for the database."""
ASSIGNMENT_TIMEOUT_S = 30.0
"""Seconds for the group to share its partitions out: it waits for members that died."""


class Consumer:
    """The consumer of one replica of a service. `trouble` says why it receives nothing, else None."""

    def __init__(self, database: Database, kafka: Kafka, service: str, handlers: Handlers) -> None:
        self.kafka = kafka
        self.service = service
        self.database = database
        self.inbox = Inbox(service, handlers, kafka.topic)
        self.troubles = Troubles("consumer")
        self.state = ConsumerState()
        self.topics = [kafka.topic(topic) for topic in self.inbox.topics]
        self.lag_by_partition = PartitionLag(self.topics)
        self._group = kafka.group(service)
        self._client: Any = None

    @property
    def trouble(self) -> str | None:
        """What is wrong, and since when; None where nothing is."""
        is_waiting = bool(self.topics) and not self.lag_by_partition.has_answered
        return self.troubles.text or ("consumer: not started" if is_waiting else None)

    async def run(self) -> None:
        """Receive events as long as the service runs, whatever happens to the broker."""
        if not self.topics:
            return
        while True:
            try:
                await self._run_client()
            except ConsumerHalted as stopped:
                self.troubles.report("halted", f"stopped, {stopped}")
                metrics.CONSUMER_STOPPED.set(1)
                log.error("consumer.stopped", reason=str(stopped))
                return
            except TopicsChanged as changed:
                log.info("consumer.topics_changed", topics=sorted(changed.topics))
            except Exception as error:  # noqa: BLE001 - reported here; receiving must go on
                self.troubles.report("client", f"{type(error).__name__}: {error}")
                metrics.CONSUMER_RECREATED.inc()
                await asyncio.sleep(RESTART_DELAY_S)

    def is_behind(self, key: str | None = None, topics: Collection[str] | None = None) -> bool:
        """Return whether events are not applied yet, or whether that is unknown.

        Ask with the record key of a subject (a ticket's id) and the topics that concern it, so that
        one partition in trouble holds back only the subjects that lie there.
        """
        named = None if topics is None else [self.kafka.topic(topic) for topic in topics]
        return self.lag_by_partition.is_behind(asyncio.get_running_loop().time(), key, named)

    async def may_lack(self, topics: Collection[str]) -> bool:
        """Return whether events of these topics were sent and are not applied, or may be."""
        return self.trouble is not None or self.is_behind(topics=topics)

    async def lag(self) -> int | None:
        """Ask the broker how many records of this replica's partitions are not applied; None: unknown."""
        if not self.topics:
            return 0
        if self._client is None:
            return None
        own = set(self._client.assignment())
        with suppress(KafkaError, TimeoutError):
            ends: dict[TopicPartition, int] = await with_timeout(
                3, self._client.end_offsets(sorted(own))
            )
            applied = self.lag_by_partition.applied
            if own and own <= applied.keys():
                return sum(max(0, end - applied[partition]) for partition, end in ends.items())
        return None

    async def is_current(
        self, topic: str, key: str | None, within_s: float, load_offsets: LoadOffsets
    ) -> bool:
        """Return whether all records with this key that were sent until now are applied; `key` None:
        all records of the topic.

        Waits for them at most `within_s` seconds; False also where that is unknown. `load_offsets`
        reads the stored offsets on connections of whoever asks: the consumer's are its own.
        """
        ends = await self.end_offsets(topic, key)
        return ends is not None and await have_passed(ends, load_offsets, within_s)

    async def end_offsets(self, topic: str, key: str | None) -> dict[TopicPartition, int] | None:
        """Return where the partitions end in which records of a topic (with this key) lie; None: unknown."""
        if self._client is None:
            return None
        return await end_offsets(self._client, Question(self.kafka.topic(topic), key))

    def _create_client(self, deployment: Deployment) -> Any:
        return AIOKafkaConsumer(
            **self.kafka.options(),
            group_id=self._group,
            partition_assignment_strategy=[deployment.assignor],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_MAX_WAIT_MS,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        )

    async def _run_client(self) -> None:
        deployment = await verify_deployment(self.database, self.kafka, self.service, self.topics)
        client, lag = self._create_client(deployment), self.lag_by_partition
        lag.forget()
        seeker = PartitionSeeker(self.database, lag.applied, self.troubles)
        try:
            await with_timeout(30, client.start())
            await self._subscribe(client, seeker)
            async with asyncio.timeout(ASSIGNMENT_TIMEOUT_S):
                await seeker.assigned.wait()
            self._client = client
            lanes = [self._lane(client, Lane(number, LANES)) for number in range(LANES)]
            causes = [lane.cause for lane in lanes]
            watch = ConsumerWatch(self.database, self.inbox, lag, self.troubles, causes)
            await run_until_first_error(
                seeker.run(client),
                *(lane.prefetcher.run() for lane in lanes),
                *(lane.run() for lane in lanes),
                self._release_loop().run(),
                self._commit_offsets(client, deployment),
                watch.run(client, lambda one: any(lane.is_busy_with(one) for lane in lanes)),
            )
        finally:
            self._client = None
            lag.forget()
            await _stop_client(client)

    def _lane(self, client: Any, lane: Lane) -> ApplyLoop:
        applied, cause = self.lag_by_partition.applied, f"applying in lane {lane.number}"
        prefetcher = Prefetcher(client, applied, lane, self.lag_by_partition.refusals)
        return ApplyLoop(self._processor(cause), prefetcher, applied, self.troubles, cause)

    def _release_loop(self) -> ReleaseLoop:
        return ReleaseLoop(self._processor("parked"), self.troubles, "parked")

    def _processor(self, cause: str) -> BatchProcessor:
        def report(wait: LockWait) -> None:
            self.troubles.report(cause, str(wait))

        return BatchProcessor(self.database, self.inbox, report, self.state)

    async def _subscribe(self, client: Any, seeker: PartitionSeeker) -> None:
        """Subscribe to the topics that exist: aiokafka waits for one that does not, and for ever."""
        existing = await with_timeout(10, client.topics()) & set(self.topics)
        if not existing:
            raise TimeoutError(f"none of its topics exists: {', '.join(self.topics)}")

        def on_assigned() -> None:
            # Another member may have parked records and died.
            self.state.note_parked()
            seeker.on_assigned()

        applied = self.lag_by_partition.applied
        client.subscribe(sorted(existing), listener=ResetOnRebalance(client, applied, on_assigned))

    async def _commit_offsets(self, client: Any, deployment: Deployment) -> None:
        """Commit offsets for lag tools: what counts is in the database, so a failure stops nothing."""
        committed: dict[TopicPartition, int] = {}
        while True:
            await asyncio.sleep(COMMIT_INTERVAL_S)
            applied = self.lag_by_partition.applied
            due = {tp: at for tp, at in applied.items() if committed.get(tp) != at}
            # One without the right to read has none to commit either, and would spoil the answer for all.
            own = client.assignment() - self.lag_by_partition.refusals.keys()
            due = {tp: at for tp, at in due.items() if tp in own}
            if due:
                with suppress(KafkaError, TimeoutError):
                    await with_timeout(10, client.commit(deployment.stamp(due)))
                    committed |= due


async def _stop_client(client: Any) -> None:
    """Stop a client. `stop()` can hang while the broker is down, so it has a time limit."""
    with suppress(TimeoutError, KafkaError):
        await with_timeout(3, client.stop())
