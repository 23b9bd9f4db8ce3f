"""The lag of the other replicas of a service: a timer fires for events of all partitions."""

from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.messaging.kafka import Kafka

REFRESH_INTERVAL_S = 1.0
"""Seconds between two looks. A member commits its offsets more often."""


class GroupLag:
    """The lag of the partitions that other members of the group consume.

    A member's progress is what it has committed, a little less than what it has applied. So it is
    compared with the end offsets of the look before: `is_behind` says that a record older than
    REFRESH_INTERVAL_S is not applied yet.
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
        """Look at other members' `partitions`, if it is time. Raises KafkaError, TimeoutError."""
        if now - self._refreshed_at < REFRESH_INTERVAL_S:
            return
        if partitions:
            committed = await self.committed_offsets()
            self.is_behind = any(
                committed.get(tp, 0) < end for tp, end in self._end_offsets.items()
            )
            self._end_offsets = await client.end_offsets(list(partitions))
        else:
            self.is_behind, self._end_offsets = False, {}
        self._refreshed_at = now

    async def committed_offsets(self) -> dict[TopicPartition, int]:
        """Ask the broker up to where the group has consumed each partition. Raises KafkaError."""
        admin = AIOKafkaAdminClient(**self.kafka.options())
        await admin.start()
        try:
            committed = await admin.list_consumer_group_offsets(self.group)
        finally:
            await admin.close()
        return {partition: position.offset for partition, position in committed.items()}
