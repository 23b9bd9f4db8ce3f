"""Asks a broker for the offsets of partitions, so that a sick one spoils no answer but its own."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.messaging.kafka import with_timeout

LIMIT_S = 2.0
"""Seconds that one question may take."""
SICK_INTERVAL_S = 5.0
"""Seconds between questions about a partition that did not answer last time."""

Ask = Callable[[list[TopicPartition]], Coroutine[Any, Any, dict[TopicPartition, int]]]
"""`end_offsets` or `beginning_offsets` of a client."""


class PartitionOffsets:
    """Offsets of many partitions: the healthy ones in one question, each sick one in its own.

    `sick` are the partitions that did not answer last time.
    """

    def __init__(self) -> None:
        self.sick: set[TopicPartition] = set()
        self._sick_asked_at = float("-inf")

    async def ask(
        self, ask: Ask, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Return the offsets of those that answer. Raises KafkaError or TimeoutError where none does."""
        if not partitions:
            return {}
        self.sick &= set(partitions)
        now = asyncio.get_running_loop().time()
        is_sick_due = now - self._sick_asked_at >= SICK_INTERVAL_S
        healthy = set(partitions) - self.sick
        singly = set(self.sick) if is_sick_due else set()
        try:
            answers = await self._ask_together(ask, healthy)
        except (KafkaError, TimeoutError):
            answers, singly = {}, set(partitions)
        if singly:
            self._sick_asked_at = now
            answers |= await self._ask_singly(ask, singly)
        self.sick = set(partitions) - answers.keys()
        if not answers:
            self.sick = set()
            raise TimeoutError("no partition answers")
        return answers

    async def _ask_together(
        self, ask: Ask, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, int]:
        return await with_timeout(LIMIT_S, ask(sorted(partitions))) if partitions else {}

    async def _ask_singly(
        self, ask: Ask, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, int]:
        answers = await asyncio.gather(
            *(with_timeout(LIMIT_S, ask([partition])) for partition in partitions),
            return_exceptions=True,
        )
        found: dict[TopicPartition, int] = {}
        for answer in answers:
            if isinstance(answer, dict):
                found |= answer
            elif not isinstance(answer, KafkaError | TimeoutError):
                raise answer
        return found
