"""The consumer of this replica as requests ask it from the other process."""

from collections.abc import Collection

from aiokafka import TopicPartition

from common.messaging.catch_up import LoadOffsets, have_passed
from common.messaging.consumer import Consumer
from common.processes.channel import Answer, Channel, NoAnswer, answer_with


class RemoteConsumer:
    """Asks over the channel. What is not answered is unknown, which counts as not applied."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def may_lack(self, topics: Collection[str]) -> bool:
        """Return whether events of these topics were sent and are not applied, or may be."""
        try:
            return bool(await self._channel.ask("may_lack", list(topics)))
        except NoAnswer:
            return True

    async def lag(self) -> int | None:
        """Return how many records of this replica's partitions are not applied; None: unknown."""
        try:
            found: int | None = await self._channel.ask("lag", within_s=5)
        except NoAnswer:
            return None
        return found

    async def is_current(
        self, topic: str, key: str | None, within_s: float, load_offsets: LoadOffsets
    ) -> bool:
        """Return whether all records with this key that were sent until now are applied."""
        try:
            ends = await self._channel.ask("end_offsets", [topic, key], within_s=5)
        except NoAnswer:
            return False
        if ends is None:
            return False
        partitions = {TopicPartition(name, number): end for name, number, end in ends}
        return await have_passed(partitions, load_offsets, within_s)


def consumer_answers(consumer: Consumer) -> dict[str, Answer]:
    """Return what a RemoteConsumer asks, answered by the consumer in this process."""

    async def end_offsets(asked: tuple[str, str | None]) -> list[tuple[str, int, int]] | None:
        ends = await consumer.end_offsets(*asked)
        if ends is None:
            return None
        return [(one.topic, one.partition, end) for one, end in ends.items()]

    return {
        "may_lack": consumer.may_lack,
        "lag": answer_with(consumer.lag),
        "end_offsets": end_offsets,
    }
