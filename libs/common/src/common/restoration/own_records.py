"""Reads a service's own topics: all of them to their present end, or the last records alone."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from common.events.envelope import DecodeError, decode_envelope
from common.messaging.kafka import Kafka, with_timeout
from common.messaging.partition_offsets import PartitionOffsets

CHUNK = 2000
ANSWER_S = 10.0
"""Seconds that one question to Kafka may take."""
SILENCE_S = 60.0
"""Seconds without a record after which reading is given up."""


class TopicsNotReadable(Exception):
    """A topic is not there, or does not answer: what was published cannot be known."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record that the service itself has published. `topic` is named as in the code."""

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

    `topics` are named as in the code, without the installation's prefix. Raises TopicsNotReadable,
    KafkaError, and TimeoutError where Kafka does not answer.
    """
    names = {kafka.topic(topic): topic for topic in topics}
    partitions = await _find_partitions(kafka, names, allow_missing=False)
    async with _open_client(kafka) as client:
        ends = await with_timeout(ANSWER_S, client.end_offsets(partitions))
        begins = await with_timeout(ANSWER_S, client.beginning_offsets(partitions))
        async for messages in _read_between(client, begins, ends):
            yield [own for one in messages if (own := _own_record(one, source, names)) is not None]


async def read_last_own_records(
    kafka: Kafka, source: str, topics: Collection[str]
) -> Sequence[OwnRecord]:
    """Return the last record of each partition, where it is one of `source`.

    Missing topics and partitions without a leader are left out. Raises as `read_own_records`.
    """
    names = {kafka.topic(topic): topic for topic in topics}
    partitions = await _find_partitions(kafka, names, allow_missing=True)
    found: list[OwnRecord] = []
    async with _open_client(kafka) as client:
        ends = await PartitionOffsets().ask(client.end_offsets, partitions)
        begins = await PartitionOffsets().ask(client.beginning_offsets, list(ends))
        lasts = {one: ends[one] - 1 for one, begin in begins.items() if begin < ends[one]}
        if not lasts:
            return found
        async for messages in _read_between(client, lasts, ends, silence_s=ANSWER_S):
            found += [own for one in messages if (own := _own_record(one, source, names))]
    return found


@asynccontextmanager
async def _open_client(kafka: Kafka) -> AsyncIterator[Any]:
    client = AIOKafkaConsumer(**kafka.options(), enable_auto_commit=False)
    await with_timeout(ANSWER_S, client.start())
    try:
        yield client
    finally:
        with suppress(KafkaError, TimeoutError):
            await with_timeout(ANSWER_S, client.stop())


async def _read_between(
    client: Any,
    starts: Mapping[TopicPartition, int],
    ends: Mapping[TopicPartition, int],
    silence_s: float = SILENCE_S,
) -> AsyncIterator[list[Any]]:
    client.assign(sorted(starts))
    for partition, offset in starts.items():
        client.seek(partition, offset)
    positions, loop = dict(starts), asyncio.get_running_loop()
    answered_at = loop.time()
    while remaining := [one for one in starts if positions[one] < ends[one]]:
        batches = await client.getmany(*remaining, timeout_ms=500, max_records=CHUNK)
        for partition, batch in batches.items():
            positions[partition] = batch[-1].offset + 1
        if batches:
            answered_at = loop.time()
            yield [one for tp, batch in batches.items() for one in batch if one.offset < ends[tp]]
        elif loop.time() - answered_at > silence_s:
            raise TopicsNotReadable(f"{remaining[0]} has sent nothing for {silence_s:.0f} s")


async def _find_partitions(
    kafka: Kafka, topics: Collection[str], *, allow_missing: bool
) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await with_timeout(ANSWER_S, admin.start())
    try:
        described = await with_timeout(ANSWER_S, admin.describe_topics(sorted(topics)))
    finally:
        await admin.close()
    absent = [topic["topic"] for topic in described if topic["error_code"]]
    if absent and not allow_missing:
        raise TopicsNotReadable(f"Kafka does not have {', '.join(absent)}")
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
        if partition["leader"] >= 0 or not allow_missing
    ]


def _own_record(message: Any, source: str, topics: Mapping[str, str]) -> OwnRecord | None:
    """Return the record; None for what another source, or nobody who follows the form, has sent."""
    try:
        envelope = decode_envelope(message.headers)
    except DecodeError:
        return None
    if envelope.source != source:
        return None
    return OwnRecord(
        topics[message.topic],
        (message.key or b"").decode(errors="replace"),
        envelope.type,
        dict(message.headers).get("ce_time", b"").decode(errors="replace"),
        envelope.id,
        envelope.subject,
        envelope.sequence,
        message.value or b"",
    )
