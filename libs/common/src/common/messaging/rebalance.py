"""What the consumer does when the group gives its partitions to other members."""

from collections.abc import Sequence

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from common.messaging.batch_processor import BatchProcessor


class ResetOnRebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Forgets offsets on a rebalance: another member may have applied records meanwhile.

    It may have parked records and died, too, so parked records are looked for again.
    """

    def __init__(
        self, applied_offsets: dict[TopicPartition, int], processor: BatchProcessor
    ) -> None:
        self.applied_offsets = applied_offsets
        self.processor = processor

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        for partition in revoked:
            self.applied_offsets.pop(partition, None)

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        for partition in assigned:
            self.applied_offsets.pop(partition, None)
        self.processor.has_parked = True
