"""Whether everything about one record key, or of one topic, that was sent until now is applied.

A lag of zero would not say it: on a busy topic there is always a record on its way. So the ends of the
partitions in question are read first, then it is waited until the group has passed them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.kafka import with_timeout
from common.messaging.partitioning import partition_of

LoadOffsets = Callable[[], Awaitable[Mapping[TopicPartition, int]]]
"""Up to which offset each partition is applied, by whichever replica: stored with the effects."""

_POLL_INTERVAL_S: Final = 0.05
_BROKER_TIMEOUT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Question:
    """Which records are meant: those of a topic (its full name), or those with one key in it."""

    topic: str
    key: str | None = None

    def partitions(self, numbers: list[int]) -> list[TopicPartition]:
        """Return the partitions where these records lie; `numbers`: all of the topic, sorted."""
        if self.key is not None and numbers:
            numbers = [partition_of(self.key, numbers)]
        return [TopicPartition(self.topic, number) for number in numbers]


async def is_caught_up(
    client: Any, question: Question, load_offsets: LoadOffsets, within_s: float
) -> bool:
    """Return whether the group has applied all records in question that were sent until now.

    Waits at most `within_s` seconds. False also where the broker does not say it in time.
    """
    partitions = question.partitions(sorted(client.partitions_for_topic(question.topic) or ()))
    if not partitions:
        return False
    try:
        ends = await with_timeout(_BROKER_TIMEOUT_S, client.end_offsets(partitions))
    except (KafkaError, TimeoutError):
        return False
    # Not a time-out around the loop: it would break off a statement of the asker's transaction.
    deadline = asyncio.get_running_loop().time() + within_s
    while not _have_passed(await load_offsets(), ends):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(_POLL_INTERVAL_S)
    return True


def _have_passed(offsets: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> bool:
    return all(offsets.get(partition, 0) >= end for partition, end in ends.items())
