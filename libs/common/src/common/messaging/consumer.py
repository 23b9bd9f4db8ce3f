"""Kafka in: polls, applies through the inbox, commits the offset afterwards, and survives aiokafka.

aiokafka 0.14 can stick after a broker restart without a signal, and a handler slower than the poll
interval loops for ever: so there is a watchdog, and every step has a time limit.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from common.messaging.batch_processor import Applier, Stopped
from common.messaging.group_lag import Peers
from common.messaging.inbox import Handlers, Inbox
from common.messaging.kafka import Kafka, until_one_fails, within
from common.messaging.positions import Record
from common.messaging.prefetch import Read, ReadAhead
from common.persistence.database import Database, passing
from common.telemetry import logger, metrics

log = logger(__name__)

FETCH_WAIT_MS = 20
SWEEP = 1.0
"""Seconds between looks at parked records whose reference may have come another way."""
HEARTBEAT = 1.0
AGAIN = 0.5
"""Seconds until the next try where our own database did not take the records."""
STALE = 5.0
"""Seconds after which an unanswered question for the end offsets means: we hear nothing."""
STUCK = 15.0
"""Seconds with lag and without progress, after which the client is made anew."""


class Consumer:
    """The consumer of one replica of a service. `run` goes on until cancelled.

    `trouble` says why it hears nothing, None when all is well; `behind()` whether events are
    known to be unheard; `lag()` how many, asking the broker now.
    """

    def __init__(self, database: Database, kafka: Kafka, service: str, handlers: Handlers) -> None:
        self.kafka = kafka
        self.service = service
        self.inbox = Inbox(service, handlers)
        self.applier = Applier(database, self.inbox)
        self.trouble: str | None = "consumer: not started"
        self._applied: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._asked_at = float("-inf")
        self._progress_at = 0.0
        self._group = f"opsdesk.{service}"
        self._peers = Peers(kafka, self._group)
        self._client: Any = None
        self._busy = False

    async def run(self) -> None:
        """Hear events for as long as the service runs; whatever happens to the broker."""
        if not self.inbox.topics:
            self.trouble = None
            return
        while True:
            try:
                await self._session()
            except Stopped as stopped:
                self.trouble = f"consumer: stopped, {stopped}"
                metrics.CONSUMER_STOPPED.set(1)
                log.error("consumer.stopped", reason=str(stopped))
                return
            except Exception as error:  # noqa: BLE001 - logged below; hearing must go on
                trouble = f"consumer: {type(error).__name__}: {error}"
                if trouble != self.trouble:  # once, not every second of an outage
                    log.warning("consumer.restarting", detail=str(error))
                self.trouble = trouble
                metrics.CONSUMER_RECREATED.inc()
                await asyncio.sleep(1)

    def behind(self) -> bool:
        """True where events are unheard, or where nobody can tell."""
        if not self.inbox.topics:
            return False
        if self._now() - self._asked_at > STALE:
            return True
        return self._unheard() > 0 or self._peers.behind

    async def lag(self) -> int | None:
        """Records written but not applied, in the partitions of this replica. None: unknown."""
        if not self.inbox.topics:
            return 0
        with suppress(KafkaError, TimeoutError):
            await self._ask()
            return self._unheard()
        return None

    def _unheard(self) -> int:
        return sum(max(0, end - self._applied.get(tp, 0)) for tp, end in self._ends.items())

    async def _session(self) -> None:
        client = AIOKafkaConsumer(
            **self.kafka.options(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=300_000,
        )
        self._applied, self._ends = {}, {}
        client.subscribe(self.inbox.topics, listener=_Anew(self._applied, self.applier))
        try:
            await within(30, client.start())
            self._client, self._progress_at = client, self._now()
            ahead = ReadAhead(client, self._applied)
            await until_one_fails(
                ahead.run(), self._poll(ahead), self._commit(client), self._watch()
            )
        finally:
            self._client = None
            self._asked_at = float("-inf")
            await _stop(client)

    async def _poll(self, ahead: ReadAhead) -> None:
        sweep_at = 0.0
        while True:
            polled = await ahead.take(SWEEP)
            self._busy = True
            if polled:
                await self._apply(polled)
            if self.applier.parked and (polled or self._now() >= sweep_at):
                await self._release()
                sweep_at = self._now() + SWEEP
            self._busy = False

    async def _apply(self, polled: Read) -> None:
        """Apply these records, however long our own database is away."""
        records = [Record.of(message) for messages in polled.values() for message in messages]
        while not await self._applies(records):  # noqa: ASYNC110 - no event tells that it is back
            await asyncio.sleep(AGAIN)
        for partition, messages in polled.items():
            # Not where the group has given it to somebody else meanwhile, nor behind what they did.
            if partition in self._applied:
                end = messages[-1].offset + 1
                self._applied[partition] = max(self._applied[partition], end)
        self._progress_at = self._now()

    async def _applies(self, records: Sequence[Record]) -> bool:
        try:
            await self.applier.apply(records)
        except Exception as error:
            if not passing(error):
                raise
            self.trouble = f"consumer: waits for the database ({type(error).__name__})"
            return False
        return True

    async def _release(self) -> None:
        """Apply what was parked. Another replica may be at it, too: then there is a next time."""
        try:
            await self.applier.release()
        except Exception as error:
            if not passing(error):
                raise
            log.info("consumer.release_put_off", error=type(error).__name__)

    async def _commit(self, client: Any) -> None:
        """Tell the broker how far we are, off the path of the events: the inbox is the truth."""
        told: dict[TopicPartition, int] = {}
        while True:
            await asyncio.sleep(0.2)
            due = {tp: at for tp, at in self._applied.items() if told.get(tp) != at}
            due = {tp: at for tp, at in due.items() if tp in client.assignment()}
            if due:
                await within(10, client.commit(due))
                told |= due

    async def _watch(self) -> None:
        """Know how far the topics go; give up a client that has lag and makes no progress."""
        while True:
            try:
                await self._ask()
                self.trouble = None
            except (KafkaError, TimeoutError) as error:
                self.trouble = f"consumer: Kafka does not answer ({type(error).__name__})"
            lagging = self._unheard()
            metrics.CONSUMER_LAG.set(lagging)
            if self._busy or not (lagging or self.trouble):
                self._progress_at = self._now()
            elif self._now() - self._progress_at > STUCK:
                raise TimeoutError("lag without progress: making the client anew")
            await asyncio.sleep(HEARTBEAT)

    async def _ask(self) -> None:
        client = self._client
        if client is None:
            raise TimeoutError("not connected")
        await within(3, self._look(client))

    async def _look(self, client: Any) -> None:
        partitions = client.assignment()
        if not partitions:
            raise TimeoutError("no partitions assigned yet")
        for partition in partitions - self._applied.keys():
            position = await client.position(partition)
            self._applied.setdefault(partition, position)
        self._ends = await client.end_offsets(list(partitions))
        await self._peers.ask(client, self._everything(client) - partitions, self._now())
        self._asked_at = self._now()

    def _everything(self, client: Any) -> set[TopicPartition]:
        return {
            TopicPartition(topic, number)
            for topic in self.inbox.topics
            for number in client.partitions_for_topic(topic) or ()
        }

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class _Anew(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Another member may have gone on meanwhile: what we knew of a partition is worth nothing.

    And it may have parked records and died: from now on they are ours to look after.
    """

    def __init__(self, applied: dict[TopicPartition, int], applier: Applier) -> None:
        self.applied = applied
        self.applier = applier

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        for partition in revoked:
            self.applied.pop(partition, None)

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        for partition in assigned:
            self.applied.pop(partition, None)
        self.applier.parked = True


async def _stop(client: Any) -> None:
    """`stop()` can hang while the broker is down: time-boxed, then left to the collector."""
    with suppress(TimeoutError, KafkaError):
        await within(3, client.stop())
