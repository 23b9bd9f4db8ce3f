"""Watches a consumer's client: lag, missing topics, stopped sources, and whether it is stuck."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.consumed_offsets import load_offsets
from common.messaging.inbox import Inbox
from common.messaging.kafka import with_timeout
from common.messaging.parked_records import problems_of_parked
from common.messaging.partition_lag import PartitionLag
from common.messaging.stopped_sources import stopped_sources
from common.messaging.trouble import Troubles
from common.persistence.database import Database
from common.persistence.errors import counts_against_record, describe_error
from common.telemetry import metrics

WATCH_INTERVAL_S = 1.0
DATABASE_TIMEOUT_S = 3.0
STUCK_AFTER_S = 15.0
"""Seconds with lag and without progress after which the client is created again."""


class TopicsChanged(Exception):
    """A topic that was missing exists now: the client has to subscribe again."""

    def __init__(self, topics: Collection[str]) -> None:
        super().__init__(", ".join(sorted(topics)))
        self.topics = topics


class ConsumerWatch:
    """Keeps the lag current, and gives up a client that has lag and makes no progress.

    `lane_causes` are the names of the lanes' troubles, which are over once nothing is left to apply: then
    another replica has applied what a lane of an earlier client could not.
    """

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        lag: PartitionLag,
        troubles: Troubles,
        lane_causes: Collection[str] = (),
    ) -> None:
        self.database = database
        self.inbox = inbox
        self.lag = lag
        self.troubles = troubles
        self.lane_causes = lane_causes
        self._answered_at = asyncio.get_running_loop().time()
        self._progress: dict[TopicPartition, tuple[int, float]] = {}

    async def run(self, client: Any, is_busy: Callable[[TopicPartition], bool]) -> None:
        """Watch until the client has to be created again. Raises TimeoutError or TopicsChanged.

        `is_busy`: whether records of a partition's lane are being applied just now, which may take long.
        """
        while True:
            await self._refresh(client)
            self._check_progress(is_busy)
            if rewound := self.lag.rewound():
                raise TimeoutError(
                    f"offsets of {rewound[0].topic} begin anew: creating a new client"
                )
            await self._look_for_missing_topics(client)
            await asyncio.sleep(WATCH_INTERVAL_S)

    async def _refresh(self, client: Any) -> None:
        stored = await self._read_database()
        now = asyncio.get_running_loop().time()
        try:
            await self.lag.refresh(client, stored, now)
        except (KafkaError, TimeoutError) as error:
            self.troubles.report("kafka", f"Kafka does not answer ({type(error).__name__})")
        else:
            self._answered_at = now
            self.troubles.clear("kafka")
            lags = self.lag.own_lag()
            if lags.keys() >= client.assignment() and not any(lags.values()):
                for cause in ("client", "offsets", *self.lane_causes):
                    self.troubles.clear(cause)
        self.troubles.update("topics", self.lag.describe_unknown())

    async def _read_database(self) -> Mapping[TopicPartition, int] | None:
        """Read what the group has applied and which sources are stopped; None where that is unknown."""
        try:
            async with asyncio.timeout(DATABASE_TIMEOUT_S), self.database.transaction() as tx:
                stored = await load_offsets(tx)
                stopped = await stopped_sources(tx)
                problems = await problems_of_parked(tx)
        except Exception as error:
            if counts_against_record(error):
                raise
            self.troubles.report(
                "database", f"cannot look at the database ({describe_error(error)})"
            )
            return None
        self.troubles.clear("database")
        self.inbox.stopped_sources = frozenset(stopped)
        metrics.CONSUMER_STOPPED_SOURCES.set(len(stopped))
        forks = ", ".join(f"{source} has sent {event} twice" for source, event in stopped.items())
        self.troubles.update(
            "fork", f"{forks}: its records wait, see `dlq list`" if forks else None
        )
        self.troubles.update("postponed", problems)
        return stored

    def _check_progress(self, is_busy: Callable[[TopicPartition], bool]) -> None:
        """Raise TimeoutError where a partition stands still whose lane has nothing else to do."""
        now = asyncio.get_running_loop().time()
        own = self.lag.own_lag()
        is_idle = not own or not all(map(is_busy, own))
        if now - self._answered_at > STUCK_AFTER_S and is_idle:
            raise TimeoutError("Kafka does not answer: creating a new client")
        for partition, lag in own.items():
            applied = self.lag.applied[partition]
            before, since = self._progress.get(partition, (applied, now))
            is_refused = partition in self.lag.refusals  # another client would be refused, too
            if is_refused or is_busy(partition) or not lag or applied != before:
                since = now
            elif now - since > STUCK_AFTER_S:
                raise TimeoutError("lag without progress: creating a new client")
            self._progress[partition] = applied, since

    async def _look_for_missing_topics(self, client: Any) -> None:
        if self.lag.missing_topics:
            try:
                existing = await with_timeout(3, client.topics())
            except (KafkaError, TimeoutError):
                return
            if found := self.lag.missing_topics & existing:
                raise TopicsChanged(found)
