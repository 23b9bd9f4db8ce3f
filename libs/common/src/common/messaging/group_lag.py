"""What the other replicas of a service have not heard yet: a timer fires for all of them."""

from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.messaging.kafka import Kafka

EVERY = 1.0
"""Seconds between two questions. A peer tells the broker within less how far it is."""


class Peers:
    """The partitions that other members of the group look after.

    A peer's progress is what it has committed, which lags a little behind what it has applied. So
    it is held against the ends of the question before: `behind` says that something older than
    EVERY is still unheard.
    """

    def __init__(self, kafka: Kafka, group: str) -> None:
        self.kafka = kafka
        self.group = group
        self.behind = False
        self._ends: dict[TopicPartition, int] = {}
        self._asked_at = float("-inf")

    async def ask(self, client: Any, theirs: Collection[TopicPartition], now: float) -> None:
        """Look at `theirs`, at most every EVERY seconds. Raises KafkaError, TimeoutError."""
        if now - self._asked_at < EVERY:
            return
        if theirs:
            committed = await self._committed()
            self.behind = any(committed.get(tp, 0) < end for tp, end in self._ends.items())
            self._ends = await client.end_offsets(list(theirs))
        else:
            self.behind, self._ends = False, {}
        self._asked_at = now

    async def _committed(self) -> dict[TopicPartition, int]:
        admin = AIOKafkaAdminClient(**self.kafka.options())
        await admin.start()
        try:
            found = await admin.list_consumer_group_offsets(self.group)
        finally:
            await admin.close()
        return {place: known.offset for place, known in found.items()}
