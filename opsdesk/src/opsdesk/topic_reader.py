"""Reading a topic as any outside team would: a plain Kafka client and CloudEvents headers.

Nothing of OpsDesk's own code takes part, so what works here works for every subscriber.
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


@dataclass(frozen=True, slots=True)
class Record:
    """One event as it lies on a topic. `time` is when it happened, RFC 3339 in UTC; `published`
    when Kafka got it, in milliseconds of real time."""

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
    """A consumer without group, at the end of the topics as they are now, or at their start."""
    if not bootstrap:
        raise CliError("Where is Kafka? Set OPSDESK_KAFKA_BOOTSTRAP_SERVERS to its host:port.")
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
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
    """Everything on the topics up to their present ends, as it was published; while time stands
    still, the times of the events say nothing about their order."""
    ends = await consumer.end_offsets(consumer.assignment())
    collected: list[Record] = []
    while await _is_behind(consumer, ends):
        for records in (await consumer.getmany(timeout_ms=100)).values():
            collected.extend(to_record(record) for record in records)
    return sorted(collected, key=lambda record: (record.published, record.topic, record.offset))


async def follow(consumer: AIOKafkaConsumer) -> AsyncIterator[Record]:
    """Events as they come, for ever."""
    async for record in consumer:
        yield to_record(record)


def to_record(record: ConsumerRecord) -> Record:
    """What is no event of ours is shown as far as it can be read: a tail must not stop at it."""
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
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        existing = {name for name in await admin.list_topics() if name.startswith("opsdesk.")}
        if missing := [topic for topic in topics if topic not in existing]:
            names = ", ".join(sorted(existing)) or "none of OpsDesk"
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
