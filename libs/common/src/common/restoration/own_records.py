"""Reads a service's own topics from the first record to the last one that there is at present."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.events.envelope import DecodeError, decode_envelope
from common.messaging.kafka import Kafka

CHUNK = 2000
SILENCE_S = 60.0
"""Seconds without a record after which reading is given up."""


class TopicsNotReadable(Exception):
    """A topic is not there, or does not answer: what was published cannot be known."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record that the service itself has published."""

    topic: str
    key: str
    type: str
    at: str
    id: UUID
    subject: str
    sequence: int
    body: bytes


async def read_own_records(
    kafka: Kafka, source: str, topics: Collection[str]
) -> AsyncIterator[Sequence[OwnRecord]]:
    """Yield the records of `source` in chunks, each partition in its order, up to the present end.

    Raises TopicsNotReadable.
    """
    partitions = await _partitions(kafka, topics)
    consumer = AIOKafkaConsumer(**kafka.options(), enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        async for messages in _read_to(consumer, ends):
            yield [own for one in messages if (own := _own_record(one, source)) is not None]
    finally:
        await consumer.stop()


async def _read_to(
    consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]
) -> AsyncIterator[list[Any]]:
    silent_since = asyncio.get_running_loop().time()
    while remaining := [p for p, end in ends.items() if await consumer.position(p) < end]:
        batches = await consumer.getmany(*remaining, timeout_ms=500, max_records=CHUNK)
        messages = [
            message
            for partition, batch in batches.items()
            for message in batch
            if message.offset < ends[partition]
        ]
        now = asyncio.get_running_loop().time()
        silent_since = now if batches else silent_since
        if now - silent_since > SILENCE_S:
            raise TopicsNotReadable(f"{remaining[0]} has sent nothing for {SILENCE_S:.0f} s")
        if messages:
            yield messages


async def _partitions(kafka: Kafka, topics: Collection[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        described = await admin.describe_topics(sorted(topics))
    finally:
        await admin.close()
    if absent := [topic["topic"] for topic in described if topic["error_code"]]:
        raise TopicsNotReadable(f"Kafka does not have {', '.join(absent)}")
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]


def _own_record(message: Any, source: str) -> OwnRecord | None:
    """Return the record; None for what another source, or nobody who follows the form, has sent."""
    try:
        envelope = decode_envelope(message.headers)
    except DecodeError:
        return None
    if envelope.source != source:
        return None
    return OwnRecord(
        message.topic,
        (message.key or b"").decode(errors="replace"),
        envelope.type,
        dict(message.headers).get("ce_time", b"").decode(errors="replace"),
        envelope.id,
        envelope.subject,
        envelope.sequence,
        message.value or b"",
    )
