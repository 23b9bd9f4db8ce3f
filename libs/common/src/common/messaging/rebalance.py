"""What the consumer does when the group gives its partitions to other members."""

from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener


class ResetOnRebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Forgets offsets on a rebalance: another member may have applied records meanwhile.

    New partitions stand still until it is known where reading goes on; `on_assigned` looks for that.
    """

    def __init__(
        self,
        client: Any,
        applied_offsets: dict[TopicPartition, int],
        on_assigned: Callable[[], None],
    ) -> None:
        self.client = client
        self.applied_offsets = applied_offsets
        self.on_assigned = on_assigned

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        for partition in revoked:
            self.applied_offsets.pop(partition, None)

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        for partition in assigned:
            self.applied_offsets.pop(partition, None)
        if assigned:
            self.client.pause(*assigned)
        self.on_assigned()
