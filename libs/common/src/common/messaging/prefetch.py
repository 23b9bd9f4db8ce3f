"""Reads from Kafka while what was read before is being applied.

aiokafka asks the broker for more of a partition only when what it holds of it has been taken: a
record that comes during one transaction would wait for the end of the next one, too.
"""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition

MOST = 500
"""Records that are held at most; then reading waits until they are taken."""
ASK_MS = 250

Read = dict[TopicPartition, list[Any]]
"""What was read, in the order of each partition."""


class ReadAhead:
    """The reading of one client. `run` goes on until it is cancelled or the client fails.

    What is held is never thrown away: the end of a batch may be committed to Kafka because all
    that stood before it has been applied. `applied` gets the offset of a partition's first record.
    """

    def __init__(self, client: Any, applied: dict[TopicPartition, int]) -> None:
        self._client = client
        self._applied = applied
        self._held: Read = {}
        self._count = 0
        self._some = asyncio.Event()
        self._room = asyncio.Event()

    async def run(self) -> None:
        """Hold what the broker has, up to MOST records."""
        while True:
            room = MOST - self._count
            read = await self._client.getmany(timeout_ms=ASK_MS, max_records=room)
            self._hold(read)
            if self._count >= MOST:
                self._room.clear()
                await self._room.wait()

    async def take(self, seconds: float) -> Read:
        """All that is held, as soon as there is any; nothing after so many seconds without."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()
        taken, self._held, self._count = self._held, {}, 0
        self._some.clear()
        self._room.set()
        return taken

    def _hold(self, read: Read) -> None:
        for partition, messages in read.items():
            # At once: the client's position stands behind what is held and not applied yet.
            self._applied.setdefault(partition, messages[0].offset)
            self._held.setdefault(partition, []).extend(messages)
            self._count += len(messages)
            self._some.set()
