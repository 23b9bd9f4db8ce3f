"""How far the events of each partition are applied: by this replica, or by the others of its group.

What is not known counts as not applied, but only for the partition, and so for the subjects, that it
concerns: timers ask before they fire on incomplete knowledge.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition

from common.messaging.partition_offsets import PartitionOffsets
from common.messaging.partitioning import partition_of
from common.messaging.refused_partitions import Refusals
from common.telemetry import metrics

STALE_AFTER_S = 8.0
"""Seconds without an answer of any partition after which everything counts as behind."""
REWOUND_LOOKS = 3
"""Looks in a row that must find an end before what was applied: a new leader may lag for a moment."""


class PartitionLag:
    """The lag of every partition of some topics.

    `refusals` are own partitions whose records cannot be read, with the name of the error. `applied` has the next offset of the partitions of this replica, as soon as it is known where
    reading goes on; `has_answered` is whether a broker ever told offsets. The other replicas' progress is what they have stored in the common database; it
    is compared with the end offsets of the look before, so that it says whether a record older than
    one look is not applied.
    """

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = sorted(topics)
        self.applied: dict[TopicPartition, int] = {}
        self.offsets = PartitionOffsets()
        self.missing_topics: set[str] = set()
        self.refusals: Refusals = {}
        self._partitions: dict[str, list[int]] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._previous_ends: dict[TopicPartition, int] = {}
        self._stored: Mapping[TopicPartition, int] | None = None
        self._rewound: dict[TopicPartition, int] = {}
        self._refreshed_at = float("-inf")
        self.has_answered = False

    def forget(self) -> None:
        """Forget everything: the client is gone."""
        self.applied.clear()
        self.refusals.clear()
        self._ends, self._previous_ends, self._rewound = {}, {}, {}
        self._refreshed_at = float("-inf")

    async def refresh(
        self, client: Any, stored: Mapping[TopicPartition, int] | None, now: float
    ) -> None:
        """Ask for end offsets. `stored` is what the group has applied, None where it is unknown.

        Raises KafkaError or TimeoutError where no partition answers.
        """
        self._partitions = {
            topic: sorted(client.partitions_for_topic(topic) or ()) for topic in self.topics
        }
        self.missing_topics = {topic for topic, numbers in self._partitions.items() if not numbers}
        ends = await self.offsets.ask(client.end_offsets, list(self._all_partitions()))
        self._previous_ends, self._ends, self._stored = self._ends, ends, stored
        self._refreshed_at, self.has_answered = now, True
        for partition in self.applied:
            is_rewound = ends.get(partition, self.applied[partition]) < self.applied[partition]
            self._rewound[partition] = self._rewound.get(partition, 0) + 1 if is_rewound else 0
        self._set_gauges()

    def is_behind(
        self, now: float, key: str | None = None, topics: Collection[str] | None = None
    ) -> bool:
        """Return whether events are not applied yet, or whether that is unknown.

        `key` narrows the question to the partitions where records with this key lie, `topics` to some
        of the topics.
        """
        concerned = [topic for topic in self.topics if topics is None or topic in topics]
        if not concerned:
            return False
        if now - self._refreshed_at > STALE_AFTER_S:
            return True
        return any(self._is_topic_behind(topic, key) for topic in concerned)

    def _is_topic_behind(self, topic: str, key: str | None) -> bool:
        numbers = self._partitions.get(topic)
        if not numbers:
            return True
        if key is not None:
            numbers = [partition_of(key, numbers)]
        return any(self._is_partition_behind(TopicPartition(topic, number)) for number in numbers)

    def _is_partition_behind(self, partition: TopicPartition) -> bool:
        if partition not in self._ends:
            return True
        if partition in self.applied:
            return self.applied[partition] < self._ends[partition]
        if self._stored is None or partition not in self._previous_ends:
            return True
        return self._stored.get(partition, 0) < self._previous_ends[partition]

    def own_lag(self) -> dict[TopicPartition, int | None]:
        """Return how many records of each own partition are not applied; None: not known."""
        return {
            partition: max(0, self._ends[partition] - applied) if partition in self._ends else None
            for partition, applied in self.applied.items()
        }

    def rewound(self) -> list[TopicPartition]:
        """Return own partitions whose end has gone behind what was applied: created again."""
        return [tp for tp, looks in self._rewound.items() if looks >= REWOUND_LOOKS]

    def describe_unknown(self) -> str | None:
        """Name the topics and partitions about which nothing is known; None where there are none."""
        parts = [f"topic {topic} does not exist" for topic in sorted(self.missing_topics)]
        by_topic: dict[str, list[int]] = {}
        for partition in sorted(self.offsets.sick):
            by_topic.setdefault(partition.topic, []).append(partition.partition)
        for topic, numbers in by_topic.items():
            parts.append(f"topic {topic} does not answer in partition {_numbers(numbers)}")
        refused: dict[tuple[str, str], list[int]] = {}
        for partition, error in sorted(self.refusals.items()):
            refused.setdefault((partition.topic, error), []).append(partition.partition)
        for (topic, error), numbers in refused.items():
            parts.append(f"topic {topic} cannot be read in partition {_numbers(numbers)} ({error})")
        return "; ".join(parts) or None

    def _all_partitions(self) -> Iterable[TopicPartition]:
        for topic, numbers in self._partitions.items():
            for number in numbers:
                yield TopicPartition(topic, number)

    def _set_gauges(self) -> None:
        metrics.CONSUMER_LAG.set(sum(lag or 0 for lag in self.own_lag().values()))
        metrics.CONSUMER_PARTITION_UNKNOWN.clear()
        for topic in self.missing_topics:
            metrics.CONSUMER_PARTITION_UNKNOWN.labels(topic, "").set(1)
        for partition in self.offsets.sick | self.refusals.keys():
            labels = (partition.topic, str(partition.partition))
            metrics.CONSUMER_PARTITION_UNKNOWN.labels(*labels).set(1)


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
