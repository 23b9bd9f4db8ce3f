"""Reads topics as any other team would: with a plain Kafka client and the CloudEvents headers.

It uses no code of the services but the way to Kafka, so what works here works for every subscriber.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from opsdesk.errors import CliError
from opsdesk.transport import kafka_of


@dataclass(frozen=True, slots=True)
class Record:
    """An event on a topic.

    `time` is when it happened (RFC 3339, UTC); `published` when Kafka received it, in milliseconds
    since 1970 (real time).
    """

    topic: str
    partition: int
    offset: int
    id: str
    type: str
    subject: str
    sequence: int
    time: str
    published: int
    body: dict[str, Any]


@asynccontextmanager
async def open_consumer(
    bootstrap: str, *topics: str, from_start: bool = False
) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer without a group, at the end of the topics or at their start."""
    if not bootstrap:
        raise CliError(
            "The address of Kafka is unknown: set OPSDESK_KAFKA_BOOTSTRAP_SERVERS to its host:port."
        )
    consumer = AIOKafkaConsumer(**kafka_of(bootstrap).options(), enable_auto_commit=False)
    try:
        consumer.assign(await _partitions(bootstrap, topics))
        await consumer.start()
        await (consumer.seek_to_beginning() if from_start else consumer.seek_to_end())
        yield consumer
    except KafkaError as error:
        raise CliError(f"Kafka at {bootstrap} does not answer ({error}): make run") from None
    finally:
        await consumer.stop()


async def read_to_end(consumer: AIOKafkaConsumer) -> list[Record]:
    """Read up to the present ends of the topics, in the order of publishing.

    While the time is frozen, the times of events do not tell their order.
    """
    ends = await consumer.end_offsets(consumer.assignment())
    collected: list[Record] = []
    while await _is_behind(consumer, ends):
        for records in (await consumer.getmany(timeout_ms=100)).values():
            collected.extend(to_record(record) for record in records)
    return sorted(collected, key=lambda record: (record.published, record.topic, record.offset))


async def follow(consumer: AIOKafkaConsumer) -> AsyncIterator[Record]:
    """Yield events as they come, for ever."""
    async for record in consumer:
        yield to_record(record)


def to_record(record: ConsumerRecord) -> Record:
    """Convert a message, also one that is not a valid event: reading must not stop at it."""
    headers = {name: value.decode(errors="replace") for name, value in record.headers}
    try:
        body = json.loads(record.value or b"{}")
    except ValueError:
        body = {}
    return Record(
        record.topic,
        record.partition,
        record.offset,
        headers.get("ce_id", ""),
        headers.get("ce_type", "(no type)"),
        headers.get("ce_subject", "(no subject)"),
        int(headers.get("ce_sequence", "0") or 0),
        headers.get("ce_time", ""),
        record.timestamp,
        body if isinstance(body, dict) else {},
    )


async def _partitions(bootstrap: str, topics: Sequence[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**kafka_of(bootstrap).options())
    try:
        await admin.start()
        existing = set(await admin.list_topics())
        if missing := [topic for topic in topics if topic not in existing]:
            prefix = missing[0].partition(".")[0]
            ours = sorted(name for name in existing if name.startswith(f"{prefix}."))
            names = ", ".join(ours) or f"none that begins with {prefix}."
            raise CliError(f"There is no topic {missing[0]}; there are: {names}.")
        return [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in await admin.describe_topics(list(topics))
            for partition in topic["partitions"]
        ]
    finally:
        await admin.close()


async def _is_behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return any([await consumer.position(one) < end for one, end in ends.items()])
