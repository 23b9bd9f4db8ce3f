"""What the other replicas of a service have not heard yet: a timer fires for all of them."""

from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.messaging.kafka import Kafka

REFRESH_INTERVAL_S = 1.0
"""Seconds between two questions. A peer tells the broker within less how far it is."""


class GroupLag:
    """The partitions that other members of the group look after.

    A peer's progress is what it has committed, which lags a little behind what it has applied. So
    it is held against the ends of the question before: `behind` says that something older than
    EVERY is still unheard.
    """

    def __init__(self, kafka: Kafka, group: str) -> None:
        self.kafka = kafka
        self.group = group
        self.is_behind = False
        self._end_offsets: dict[TopicPartition, int] = {}
        self._refreshed_at = float("-inf")

    async def refresh(
        self, client: Any, partitions: Collection[TopicPartition], now: float
    ) -> None:
        """Look at `theirs`, at most every EVERY seconds. Raises KafkaError, TimeoutError."""
        if now - self._refreshed_at < REFRESH_INTERVAL_S:
            return
        if partitions:
            committed = await self._committed_offsets()
            self.is_behind = any(
                committed.get(tp, 0) < end for tp, end in self._end_offsets.items()
            )
            self._end_offsets = await client.end_offsets(list(partitions))
        else:
            self.is_behind, self._end_offsets = False, {}
        self._refreshed_at = now

    async def _committed_offsets(self) -> dict[TopicPartition, int]:
        admin = AIOKafkaAdminClient(**self.kafka.options())
        await admin.start()
        try:
            committed = await admin.list_consumer_group_offsets(self.group)
        finally:
            await admin.close()
        return {partition: position.offset for partition, position in committed.items()}
