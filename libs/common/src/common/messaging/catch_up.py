"""Whether everything about one record key that was sent until now is applied.

A lag of zero would not say it: on a busy topic there is always a record on its way. So the end of the
key's own partition is read first, then it is waited until the group has passed it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from common.messaging.kafka import with_timeout

Reached = Callable[[TopicPartition], Awaitable[int]]
"""Up to which offset a partition is applied: by this replica, or by another one of the group."""

_POLL_INTERVAL_S: Final = 0.05
_BROKER_TIMEOUT_S: Final = 3.0
_partition_of: Final = DefaultPartitioner()


async def is_caught_up(
    client: Any, record_key: tuple[str, str], reached: Reached, within_s: float
) -> bool:
    """Return whether the group has applied all records of (topic, key) that were sent until now.

    Waits at most `within_s` seconds. False also where the broker does not say it in time.
    """
    topic, key = record_key
    partitions = sorted(client.partitions_for_topic(topic) or ())
    if not partitions:
        return False
    partition = TopicPartition(topic, _partition_of(key.encode(), partitions, partitions))
    try:
        ends = await with_timeout(_BROKER_TIMEOUT_S, client.end_offsets([partition]))
        async with asyncio.timeout(within_s):
            while await reached(partition) < ends[partition]:  # noqa: ASYNC110 - offsets tell nobody
                await asyncio.sleep(_POLL_INTERVAL_S)
    except (KafkaError, TimeoutError):
        return False
    return True
