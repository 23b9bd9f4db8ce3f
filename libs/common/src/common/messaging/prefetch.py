"""Reads from Kafka while earlier records are being applied, each lane for itself.

aiokafka fetches more of a partition only when its buffer has been taken: without this a record that
comes during one transaction waits for the end of the next one, too.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from common.messaging.refused_partitions import Refusals, RefusedPartitions, named_by
from common.telemetry import logger, metrics

log = logger(__name__)

MAX_BUFFERED_RECORDS = 500
"""Records that are buffered at most; then reading waits until they are taken."""
POLL_TIMEOUT_MS = 250
UNASSIGNED_TIMEOUT_MS = 50
"""Milliseconds until a lane without partitions looks again."""
NOWHERE = TopicPartition("", 0)
"""A partition that nobody has: what a lane without partitions asks for."""

RecordsByPartition = dict[TopicPartition, list[Any]]
"""Messages by partition, each partition in order."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Every `count`-th partition of all topics, from `number` on.

    A ticket's events have the same partition number in all topics: so they share a lane.
    """

    number: int = 0
    count: int = 1

    def __contains__(self, partition: TopicPartition) -> bool:
        return bool(partition.partition % self.count == self.number)


class Prefetcher:
    """Buffers the records of a client's partitions that lie in a lane.

    The buffer is never dropped: the end of a batch may be stored as consumed because everything
    before it has been applied. Records of a partition that is not in `applied_offsets` are dropped:
    it is not known yet where reading goes on there, and they are read again from that place. A partition
    that may not be read stops no other: it is among `refusals`, and tried again. What aiokafka raises of a
    broken record is raised: it has dropped what it had taken of other partitions by then, and a new client
    reads from what was applied.
    """

    def __init__(
        self,
        client: Any,
        applied_offsets: dict[TopicPartition, int],
        lane: Lane = Lane(),
        refusals: Refusals | None = None,
    ) -> None:
        self._client = client
        self._refused = RefusedPartitions(client, {} if refusals is None else refusals)
        self.lane = lane
        self._applied_offsets = applied_offsets
        self._buffer: RecordsByPartition = {}
        self._buffered_count = 0
        self._next_offsets: dict[TopicPartition, int] = {}
        self._gaps: dict[TopicPartition, int] = {}
        self._not_empty = asyncio.Event()
        self._not_full = asyncio.Event()

    async def run(self) -> None:
        """Fill the buffer until cancelled, up to MAX_BUFFERED_RECORDS."""
        while True:
            free_slots = MAX_BUFFERED_RECORDS - self._buffered_count
            self._append(await self._read(free_slots))
            if self._buffered_count >= MAX_BUFFERED_RECORDS:
                self._not_full.clear()
                await self._not_full.wait()

    async def _read(self, max_records: int) -> RecordsByPartition:
        """Ask the client, also without partitions: one that is not asked for five minutes leaves the group,
        and joins it again only when it is asked."""
        own = self._refused.readable([one for one in self._applied_offsets if one in self.lane])
        timeout_ms = POLL_TIMEOUT_MS if own else UNASSIGNED_TIMEOUT_MS
        try:
            read: RecordsByPartition = await self._client.getmany(
                *(own or [NOWHERE]), timeout_ms=timeout_ms, max_records=max_records
            )
        except TopicAuthorizationFailedError as error:
            if not self._note_refused(error, named_by(error, own)):
                raise
        else:
            return read
        return {}

    def _note_refused(self, error: KafkaError, partitions: Collection[TopicPartition]) -> bool:
        """Leave partitions alone for a while, then read again from what was applied: what is in the buffer, too, is a
        repetition then. False: there is none."""
        applied = self._applied_offsets
        known = {one: applied[one] for one in partitions if one in applied}
        for partition in known:
            self._gaps.pop(partition, None)
        self._refused.note(error, known)
        return bool(known)

    async def take(self, seconds: float) -> RecordsByPartition:
        """Take all buffered records, waiting at most `seconds` for the first one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._not_empty.wait()
        records, self._buffer, self._buffered_count = self._buffer, {}, 0
        self._not_empty.clear()
        self._not_full.set()
        return records

    def _append(self, read: RecordsByPartition) -> None:
        for partition, messages in read.items():
            if partition not in self._applied_offsets:
                continue
            if self._is_unproven_gap(partition, messages[0].offset):
                continue
            self._next_offsets[partition] = messages[-1].offset + 1
            self._buffer.setdefault(partition, []).extend(messages)
            self._buffered_count += len(messages)
            self._not_empty.set()

    def _is_unproven_gap(self, partition: TopicPartition, offset: int) -> bool:
        """Return whether records are missing for the first time: then they are asked for again.

        What is missing twice is gone. The client passes over records that were deleted before they
        were read, and after a rebalance it may hand out some from a place that nobody asked for.
        """
        applied = self._applied_offsets[partition]
        expected = max(applied, self._next_offsets.get(partition, applied))
        if offset <= expected:
            self._gaps.pop(partition, None)
            return False
        if self._gaps.get(partition) != expected:
            self._gaps[partition] = expected
            self._client.seek(partition, expected)
            return True
        labels = (partition.topic, str(partition.partition))
        metrics.CONSUMER_RECORDS_MISSED.labels(*labels).inc(offset - expected)
        log.error(
            "consumer.records_missed",
            topic=partition.topic,
            partition=partition.partition,
            expected=expected,
            found=offset,
        )
        return False
