"""A try to send what is held, by a producer of its own.

After a failed send the sequence of a producer is broken for that partition, and a batch without an
answer slows down all partitions that share its producer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiokafka.errors import KafkaError

from common.messaging.holds import Destination, Holds
from common.messaging.kafka import Kafka
from common.messaging.publisher import Publisher, SendResult


async def send_held(
    kafka: Kafka, destination: Destination, rows: Sequence[Any], holds: Holds
) -> list[SendResult]:
    """Send rows that wait for a destination. Returns what became of them, by what they wait for."""
    publisher = Publisher(kafka)
    try:
        await publisher.start()
        if errors := await publisher.look_up([destination.topic]):
            topic = Destination(destination.topic)
            return [SendResult(topic, rows, cause=errors[destination.topic])]
        free, blocked = _split(publisher, destination, rows, holds)
        sent = await asyncio.gather(*(publisher.send(to, group) for to, group in free.items()))
        return [*sent, *blocked]
    except (KafkaError, TimeoutError, OSError) as error:
        return [SendResult(destination, rows, cause=error)]
    finally:
        await publisher.discard()


def _split(
    publisher: Publisher, destination: Destination, rows: Sequence[Any], holds: Holds
) -> tuple[dict[Destination, list[Any]], list[SendResult]]:
    """Split rows into those to send, by partition, and those that line up behind older ones."""
    free: list[Any] = []
    blocked: dict[Destination, list[Any]] = defaultdict(list)
    for row in rows:
        topic, key = row["topic"], row["key"]
        partition = publisher.partition_of(topic, key)
        others = Destination(topic, key=key), Destination(topic, partition)
        behind = next((one for one in others if one != destination and one in holds), None)
        (free if behind is None else blocked[behind]).append(row)
    results = [SendResult(one, behind, is_blocked=True) for one, behind in blocked.items()]
    return publisher.group(free), results
