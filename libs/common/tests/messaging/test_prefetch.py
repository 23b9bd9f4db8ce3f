"""Reading ahead: nothing is passed over, nothing is held without end, nobody waits in between."""

import asyncio
from dataclasses import dataclass
from unittest import mock

from aiokafka import TopicPartition

from common.messaging.prefetch import MAX_BUFFERED_RECORDS, Prefetcher, RecordsByPartition
from common.telemetry import metrics
from opsdesk_testing.waiting import until

ONE, TWO = TopicPartition("t", 0), TopicPartition("t", 1)


@dataclass(frozen=True)
class Message:
    offset: int


class Client:
    """Answers what the broker has, as aiokafka does: at most as many as were asked for."""

    def __init__(self) -> None:
        self.there: RecordsByPartition = {ONE: [], TWO: []}
        self.asked: list[int] = []
        self.sought: list[tuple[TopicPartition, int]] = []

    async def getmany(
        self, *wanted: TopicPartition, timeout_ms: int, max_records: int
    ) -> RecordsByPartition:
        self.asked.append(max_records)
        await asyncio.sleep(0)  # it yields, as reading from a socket does
        read: RecordsByPartition = {}
        for partition, messages in self.there.items():
            taken = messages[: max_records - sum(map(len, read.values()))]
            del messages[: len(taken)]
            if taken:
                read[partition] = taken
        return read

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought.append((partition, offset))

    def write(self, partition: TopicPartition, *offsets: int) -> None:
        self.there[partition] += [Message(offset) for offset in offsets]


def offsets(read: RecordsByPartition) -> dict[TopicPartition, list[int]]:
    return {partition: [one.offset for one in messages] for partition, messages in read.items()}


async def test_what_comes_while_others_are_applied_is_there_at_the_next_take() -> None:
    client = Client()
    ahead = Prefetcher(client, {ONE: 7, TWO: 3})
    reading = asyncio.create_task(ahead.run())
    client.write(ONE, 7)
    assert offsets(await ahead.take(1)) == {ONE: [7]}
    client.write(ONE, 8)
    await until(lambda: not client.there[ONE])
    client.write(ONE, 9)
    client.write(TWO, 3)
    await until(lambda: not client.there[TWO])
    assert offsets(await ahead.take(1)) == {ONE: [8, 9], TWO: [3]}
    reading.cancel()


async def test_a_partition_is_read_only_from_where_reading_goes_on() -> None:
    """Else offsets could be stored as consumed whose records were never applied."""
    client, applied = Client(), {ONE: 5}
    ahead = Prefetcher(client, applied)
    client.write(TWO, 3, 4)
    client.write(ONE, 5)
    reading = asyncio.create_task(ahead.run())
    assert offsets(await ahead.take(1)) == {ONE: [5]}
    applied[TWO] = 3
    client.write(TWO, 3)
    assert offsets(await ahead.take(1)) == {TWO: [3]}
    reading.cancel()


async def test_records_that_are_missing_are_asked_for_again_and_reported_when_they_are_gone() -> (
    None
):
    missed = metrics.CONSUMER_RECORDS_MISSED.labels("t", "0")._value
    before = missed.get()
    client = Client()
    ahead = Prefetcher(client, {ONE: 5})
    client.write(ONE, 9)
    reading = asyncio.create_task(ahead.run())
    await until(lambda: bool(client.sought))
    assert client.sought == [(ONE, 5)]
    assert missed.get() == before
    client.write(ONE, 9, 10)
    assert offsets(await ahead.take(1)) == {ONE: [9, 10]}
    assert missed.get() == before + 4
    reading.cancel()


async def test_no_more_is_held_than_the_next_batch_may_take() -> None:
    client = Client()
    ahead = Prefetcher(client, {ONE: 0})
    client.write(ONE, *range(2 * MAX_BUFFERED_RECORDS))
    reading = asyncio.create_task(ahead.run())
    await until(lambda: len(client.there[ONE]) == MAX_BUFFERED_RECORDS)
    asked = len(client.asked)
    for _ in range(20):
        await asyncio.sleep(0)  # it yields, without waiting: every chance to ask for more
    assert len(client.asked) == asked
    assert len((await ahead.take(1))[ONE]) == MAX_BUFFERED_RECORDS
    assert offsets(await ahead.take(1)) == {
        ONE: list(range(MAX_BUFFERED_RECORDS, 2 * MAX_BUFFERED_RECORDS))
    }
    reading.cancel()


async def test_nothing_to_read_is_an_answer_too() -> None:
    ahead = Prefetcher(mock.Mock(), {})
    assert await ahead.take(0.01) == {}
