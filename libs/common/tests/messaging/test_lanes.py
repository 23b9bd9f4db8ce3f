"""Two lanes: each applies its own partitions in order, and the trouble of one is not the other's."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from common.events.envelope import ReceivedEvent
from common.messaging.consumer import Consumer
from common.messaging.consumer_state import ConsumerState
from common.messaging.kafka import Kafka
from common.messaging.partitioning import partition_of
from common.messaging.prefetch import Lane, Prefetcher, RecordsByPartition
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until


def _account_in(partition: int) -> UUID:
    """Return an account whose records lie in this one of three partitions."""
    return next(
        id for id in map(UUID, _hex_numbers()) if partition_of(str(id), [0, 1, 2]) == partition
    )


def _hex_numbers() -> Sequence[str]:
    return [f"{number:032x}" for number in range(1, 100)]


FIRST, SECOND = _account_in(0), _account_in(1)


class Client:
    """Records of which partitions it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[TopicPartition, ...]] = []

    async def getmany(self, *wanted: TopicPartition, **limits: int) -> RecordsByPartition:
        self.asked.append(wanted)
        await asyncio.sleep(0.01)
        return {}


async def test_a_lane_reads_its_own_partitions_and_never_all_of_them() -> None:
    """aiokafka takes no partition for every partition."""
    client, applied = Client(), {TopicPartition("t", 2): 0}
    reading = asyncio.create_task(Prefetcher(client, applied, Lane(1, 2)).run())
    await asyncio.sleep(0.02)
    assert not client.asked
    applied |= {TopicPartition(topic, number): 0 for topic in "tu" for number in range(4)}
    await until(lambda: bool(client.asked))
    reading.cancel()
    assert set(client.asked[0]) == {TopicPartition(t, n) for t in "tu" for n in (1, 3)}


@pytest.fixture
def failing() -> set[UUID]:
    """The accounts whose payments meet trouble of our own."""
    return set()


@pytest.fixture
async def consumer(
    database: Database, owner_url: str, kafka: Kafka, topic: str, failing: set[UUID]
) -> Consumer:
    await make_tables(database, owner_url)

    async def pay(tx: Connection, events: Sequence[ReceivedEvent[Any]]) -> None:
        if any(received.event.account in failing for received in events):
            raise OSError("the disk does not answer")
        await on_paid(tx, events)

    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    return Consumer(database, kafka, f"test-{uuid7()}", {here: pay})


async def test_a_lane_in_trouble_holds_back_its_own_partitions_and_says_so_until_it_goes_on(
    database: Database, kafka: Kafka, topic: str, consumer: Consumer, failing: set[UUID]
) -> None:
    failing.add(FIRST)
    async with AIOKafkaProducer(**kafka.options()) as producer, run_until_exit(consumer):
        await _pay(producer, topic, 1)
        await until(lambda: "waits for the database" in (consumer.trouble or ""))
        for amount in range(2, 6):
            await _pay(producer, topic, amount)
        await until(lambda: _has(database, SECOND, 5))
        assert "waits for the database" in (consumer.trouble or "")
        assert await amounts(database, FIRST) == []
        failing.clear()
        await until(lambda: _has(database, FIRST, 5))
        await until(lambda: consumer.trouble is None)
    assert await amounts(database, FIRST) == await amounts(database, SECOND) == [1, 2, 3, 4, 5]


async def _pay(producer: AIOKafkaProducer, topic: str, amount: int) -> None:
    for account in (FIRST, SECOND):
        record = record_of(paid_event(account, amount), amount)
        headers = list(record.headers)
        await producer.send_and_wait(topic, record.body, key=record.key, headers=headers)


async def _has(database: Database, account: UUID, amount: int) -> bool:
    return amount in await amounts(database, account)


def test_what_a_lane_parks_while_none_is_found_is_not_forgotten() -> None:
    """The look may have begun before the lane's commit."""
    state = ConsumerState()
    began = state.parkings
    state.note_parked()
    state.note_none_parked(began)
    assert state.has_parked
    state.note_none_parked(state.parkings)
    assert not state.has_parked
