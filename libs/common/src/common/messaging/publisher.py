"""Sends outbox rows as batches: 2.7 µs a message, against 36 with `send`.

One batch a partition and round, so that nothing can overtake inside a partition. Every call is
time-boxed: an idempotent send, and `stop()`, can hang while the broker is down (aiokafka 0.14).
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidMessageError, KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from common.events.envelope import Envelope
from common.messaging.kafka import Kafka, within

PATIENCE = 10.0
LARGEST = 1_000_000
"""Bytes of a batch; what alone is larger is refused for good."""
REFUSED = (MessageSizeTooLargeError, InvalidMessageError)

_partition_of = DefaultPartitioner()


class Unsent(Exception):
    """Not everything was sent: `sent` ids are safe, `refused` rows will never be taken."""

    def __init__(
        self, sent: list[int], refused: list[tuple[Any, str]], cause: Exception | None
    ) -> None:
        super().__init__(f"{len(sent)} sent, {len(refused)} refused")
        self.sent = sent
        self.refused = refused
        self.cause = cause


class Publisher:
    """One idempotent producer. After any failure it is discarded: its sequence may be fatal."""

    def __init__(self, kafka: Kafka) -> None:
        self._producer = AIOKafkaProducer(
            **kafka.options(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=LARGEST,
            max_request_size=2 * LARGEST,
            request_timeout_ms=int(PATIENCE * 1000),
        )

    async def start(self) -> None:
        await within(PATIENCE, self._producer.start())

    async def discard(self) -> None:
        with suppress(TimeoutError, KafkaError):
            await within(2, self._producer.stop())

    async def publish(self, rows: Sequence[Any]) -> list[int]:
        """Send rows in their order; answer the ids that Kafka has acknowledged.

        Rows that did not fit this round's batch are left for the next. Raises Unsent where a
        batch failed, with what is safe all the same.
        """
        batches = await within(PATIENCE, self._batches(rows))
        outcomes = await asyncio.gather(
            *(self._send(place, chosen) for place, chosen in batches.items())
        )
        sent = [row["id"] for done, _, _ in outcomes for row in done]
        refused = [pair for _, pairs, _ in outcomes for pair in pairs]
        causes = [cause for _, _, cause in outcomes if cause is not None]
        if refused or causes:
            raise Unsent(sent, refused, causes[0] if causes else None)
        return sent

    async def _batches(self, rows: Sequence[Any]) -> dict[tuple[str, int], list[Any]]:
        chosen: dict[tuple[str, int], list[Any]] = defaultdict(list)
        partitions: dict[str, list[int]] = {}
        for row in rows:
            topic = row["topic"]
            if topic not in partitions:
                partitions[topic] = sorted(await self._producer.partitions_for(topic))
            every = partitions[topic]
            chosen[topic, _partition_of(row["key"].encode(), every, every)].append(row)
        return chosen

    async def _send(
        self, place: tuple[str, int], rows: Sequence[Any]
    ) -> tuple[list[Any], list[tuple[Any, str]], Exception | None]:
        """(sent, refused, cause): sent is a prefix, so that the partition keeps its order."""
        batch = self._producer.create_batch()
        taken = []
        for row in rows:
            if batch.append(**_message(row)) is None:
                break
            taken.append(row)
        if not taken:
            return [], [(rows[0], "the event is larger than a batch may be")], None
        try:
            await within(PATIENCE, self._handed(batch, place))
        except REFUSED as error:
            if len(taken) == 1:
                return [], [(taken[0], type(error).__name__)], None
            return await self._halves(place, taken)
        except (KafkaError, TimeoutError, OSError) as error:
            return [], [], error
        return taken, [], None

    async def _handed(self, batch: Any, place: tuple[str, int]) -> None:
        batch.close()
        done = await self._producer.send_batch(batch, place[0], partition=place[1])
        await done

    async def _halves(
        self, place: tuple[str, int], rows: Sequence[Any]
    ) -> tuple[list[Any], list[tuple[Any, str]], Exception | None]:
        """Find the row that Kafka refuses; what stands before it is sent, the rest waits."""
        half = len(rows) // 2
        sent, refused, cause = await self._send(place, rows[:half])
        if refused or cause:
            return sent, refused, cause
        more, refused, cause = await self._send(place, rows[half:])
        return [*sent, *more], refused, cause


def _message(row: Any) -> dict[str, Any]:
    envelope = Envelope(
        row["event_id"],
        row["type"],
        row["source"],
        row["subject"],
        row["sequence"],
        row["traceparent"],
    )
    return {
        "key": row["key"].encode(),
        "value": row["body"].encode(),
        "timestamp": None,
        "headers": envelope.headers(row["at"]),
    }
