"""Whether everything about one record key, or of one topic, that was sent until now is applied.

A lag of zero would not say it: on a busy topic there is always a record on its way. So the ends of the
partitions in question are read first, then it is waited until the group has passed them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.kafka import with_timeout
from common.messaging.partitioning import partition_of

LoadOffsets = Callable[[], Awaitable[Mapping[TopicPartition, int]]]
"""Up to which offset each partition is applied, by whichever replica: stored with the effects."""

_POLL_INTERVAL_S: Final = 0.05
_BROKER_TIMEOUT_S: Final = 3.0


class AppliedEvents(Protocol):
    """What requests ask the consumer of their replica, which may run in another process."""

    async def may_lack(self, topics: Collection[str]) -> bool:
        """Return whether events of these topics were sent and are not applied, or may be."""

    async def lag(self) -> int | None:
        """Return how many records of this replica's partitions are not applied; None: unknown."""

    async def is_current(
        self, topic: str, key: str | None, within_s: float, load_offsets: LoadOffsets
    ) -> bool:
        """Return whether all records with this key that were sent until now are applied; `key` None:
        all records of the topic. Waits for them at most `within_s` seconds; False also where that is
        unknown. `load_offsets` reads the stored offsets on connections of whoever asks."""


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


async def end_offsets(client: Any, question: Question) -> dict[TopicPartition, int] | None:
    """Return where the partitions in question end now; None where the broker does not say it in time."""
    partitions = question.partitions(sorted(client.partitions_for_topic(question.topic) or ()))
    if not partitions:
        return None
    try:
        return dict(await with_timeout(_BROKER_TIMEOUT_S, client.end_offsets(partitions)))
    except (KafkaError, TimeoutError):
        return None


async def have_passed(
    ends: Mapping[TopicPartition, int], load_offsets: LoadOffsets, within_s: float
) -> bool:
    """Return whether the group has applied all records before these ends.

    Waits at most `within_s` seconds.
    """
    # Not a time-out around the loop: it would break off a statement of the asker's transaction.
    deadline = asyncio.get_running_loop().time() + within_s
    while not _all_passed(await load_offsets(), ends):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(_POLL_INTERVAL_S)
    return True


def _all_passed(offsets: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> bool:
    return all(offsets.get(partition, 0) >= end for partition, end in ends.items())
