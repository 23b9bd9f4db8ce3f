"""Puts the client where reading goes on: at the offsets stored in the own database."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.consumed_offsets import (
    OffsetRange,
    Start,
    choose_start,
    load_offsets,
    reset_offsets,
)
from common.messaging.partition_offsets import PartitionOffsets
from common.messaging.trouble import Troubles
from common.persistence.database import Database
from common.persistence.errors import counts_against_record, describe_error
from common.telemetry import logger, metrics

log = logger(__name__)

RETRY_DELAY_S = 0.5
REWOUND_LOOKS = 3
"""Looks that must find a stored offset behind the end: a new leader may lag for a moment."""


class PartitionSeeker:
    """Seeks every partition that is assigned anew, before its records are read.

    A partition that does not answer is asked again, while the others are read. `assigned` is set
    once the group has shared its partitions out, be it none to this member.
    """

    def __init__(
        self, database: Database, applied: dict[TopicPartition, int], troubles: Troubles
    ) -> None:
        self.database = database
        self.applied = applied
        self.troubles = troubles
        self.assigned = asyncio.Event()
        self._assignments = 0
        self._is_wanted = asyncio.Event()
        self._begins, self._ends = PartitionOffsets(), PartitionOffsets()
        self._rewound: dict[TopicPartition, int] = {}

    def on_assigned(self) -> None:
        """Seek again: the group has shared its partitions out anew."""
        self.assigned.set()
        self._assignments += 1
        self._is_wanted.set()

    async def run(self, client: Any) -> None:
        """Seek whenever partitions are assigned, as long as the client lives."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            while new := client.assignment() - self.applied.keys():
                await self._try_seek(client, new)
                if client.assignment() - self.applied.keys():
                    await asyncio.sleep(RETRY_DELAY_S)

    async def _try_seek(self, client: Any, partitions: Collection[TopicPartition]) -> None:
        assignments = self._assignments
        try:
            starts = await self._choose_starts(client, partitions)
        except Exception as error:
            if not isinstance(error, KafkaError) and counts_against_record(error):
                raise
            trouble = f"does not know where to go on reading ({describe_error(error)})"
            return self.troubles.report("offsets", trouble)
        if assignments == self._assignments:
            for partition in starts.keys() & client.assignment():
                start = starts[partition]
                client.seek(partition, start.offset)
                client.resume(partition)
                self.applied[partition] = start.offset
            self.troubles.clear("offsets")

    async def _choose_starts(
        self, client: Any, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, Start]:
        """Return where to begin in the partitions that answer, stored already."""
        begins = await self._begins.ask(client.beginning_offsets, partitions)
        ends = await self._ends.ask(client.end_offsets, partitions)
        async with self.database.transaction() as tx:
            stored = await load_offsets(tx)
            starts = {
                partition: choose_start(
                    stored.get(partition), OffsetRange(begins[partition], ends[partition])
                )
                for partition in begins.keys() & ends.keys()
            }
            starts = {tp: start for tp, start in starts.items() if self._is_settled(tp, start)}
            _report(starts, stored)
            changed = {tp: s.offset for tp, s in starts.items() if stored.get(tp) != s.offset}
            await reset_offsets(tx, {(tp.topic, tp.partition): n for tp, n in changed.items()})
        return starts

    def _is_settled(self, partition: TopicPartition, start: Start) -> bool:
        looks = self._rewound.get(partition, 0) + 1 if start.finding == "rewound" else 0
        self._rewound[partition] = looks
        return start.finding != "rewound" or looks >= REWOUND_LOOKS


def _report(starts: Mapping[TopicPartition, Start], stored: Mapping[TopicPartition, int]) -> None:
    for partition, start in starts.items():
        labels = (partition.topic, str(partition.partition))
        if start.finding is None:
            continue
        if start.finding == "expired":
            metrics.CONSUMER_RECORDS_MISSED.labels(*labels).inc(start.offset - stored[partition])
        else:
            metrics.CONSUMER_TOPICS_REWOUND.labels(*labels).inc()
        log.error(
            f"consumer.offset_{start.finding}",
            topic=partition.topic,
            partition=partition.partition,
            stored=stored[partition],
            goes_on_at=start.offset,
        )
