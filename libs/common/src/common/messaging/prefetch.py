"""Reads from Kafka while earlier records are being applied.

aiokafka fetches more of a partition only when its buffer has been taken: without this a record that
comes during one transaction waits for the end of the next one, too.
"""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition

MAX_BUFFERED_RECORDS = 500
"""Records that are buffered at most; then reading waits until they are taken."""
POLL_TIMEOUT_MS = 250

RecordsByPartition = dict[TopicPartition, list[Any]]
"""Messages by partition, each partition in order."""


class Prefetcher:
    """Buffers the records of one client.

    The buffer is never dropped: the end of a batch may be committed to Kafka because everything
    before it has been applied. `applied_offsets` gets the offset of a partition's first record.
    """

    def __init__(self, client: Any, applied_offsets: dict[TopicPartition, int]) -> None:
        self._client = client
        self._applied_offsets = applied_offsets
        self._buffer: RecordsByPartition = {}
        self._buffered_count = 0
        self._not_empty = asyncio.Event()
        self._not_full = asyncio.Event()

    async def run(self) -> None:
        """Fill the buffer until cancelled, up to MAX_BUFFERED_RECORDS."""
        while True:
            free_slots = MAX_BUFFERED_RECORDS - self._buffered_count
            read = await self._client.getmany(timeout_ms=POLL_TIMEOUT_MS, max_records=free_slots)
            self._append(read)
            if self._buffered_count >= MAX_BUFFERED_RECORDS:
                self._not_full.clear()
                await self._not_full.wait()

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
            # At once: the client's position is behind records that are buffered and not applied.
            self._applied_offsets.setdefault(partition, messages[0].offset)
            self._buffer.setdefault(partition, []).extend(messages)
            self._buffered_count += len(messages)
            self._not_empty.set()
