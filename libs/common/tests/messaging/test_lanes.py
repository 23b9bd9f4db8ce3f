"""Two lanes: each applies its own partitions in order, and the trouble of one is not the other's."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from common.events.envelope import ReceivedEvent
from common.messaging import consumer as consumers
from common.messaging import consumer_watch
from common.messaging.consumer import Consumer
from common.messaging.consumer_state import ConsumerState
from common.messaging.consumer_watch import ConsumerWatch
from common.messaging.inbox import Inbox
from common.messaging.kafka import Kafka
from common.messaging.partition_lag import PartitionLag
from common.messaging.partitioning import partition_of
from common.messaging.prefetch import NOWHERE, Lane, Prefetcher, RecordsByPartition
from common.messaging.trouble import Troubles
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
        await asyncio.sleep(0)  # it yields, as reading from a socket does
        return {}


async def test_a_lane_reads_its_own_partitions_and_never_all_of_them() -> None:
    """aiokafka takes no partition for every partition."""
    client, applied = Client(), {TopicPartition("t", 2): 0}
    reading = asyncio.create_task(Prefetcher(client, applied, Lane(1, 2)).run())
    await until(lambda: bool(client.asked))
    assert client.asked[0] == (NOWHERE,)
    client.asked.clear()
    applied |= {TopicPartition(topic, number): 0 for topic in "tu" for number in range(4)}
    await until(lambda: client.asked[-1:] not in ([], [(NOWHERE,)]))
    reading.cancel()
    assert set(client.asked[-1]) == {TopicPartition(t, n) for t in "tu" for n in (1, 3)}


class StillClient:
    """Has two partitions, each with five records that nobody gets. `looks`: how often it was asked."""

    def __init__(self) -> None:
        self.looks = 0

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1}

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("t", number) for number in (0, 1)}

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        self.looks += 1
        return dict.fromkeys(partitions, 5)


async def test_a_lane_that_stands_still_is_seen_while_another_one_is_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_watch, "STUCK_AFTER_S", 0.1)
    monkeypatch.setattr(consumer_watch, "WATCH_INTERVAL_S", 0.05)
    client, lag = StillClient(), PartitionLag(["t"])
    lag.applied |= dict.fromkeys(client.assignment(), 0)
    watch = ConsumerWatch(database, Inbox("test", {}), lag, Troubles("consumer"))
    with pytest.raises(TimeoutError, match="without progress"):
        async with asyncio.timeout(10):
            await watch.run(client, {TopicPartition("t", 0)}.__contains__)


async def test_the_trouble_of_a_lane_is_over_once_another_replica_has_applied_its_records(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would ever clear it: the lane of a new client has nothing to do."""
    monkeypatch.setattr(consumer_watch, "WATCH_INTERVAL_S", 0.05)
    client, lag, troubles = StillClient(), PartitionLag(["t"]), Troubles("consumer")
    lag.applied |= dict.fromkeys(client.assignment(), 4)
    watch = ConsumerWatch(database, Inbox("test", {}), lag, troubles, ["lane 1"])
    watching = asyncio.create_task(watch.run(client, lambda _: False))
    troubles.report("lane 1", "waits for the database")
    await until(lambda: lag.own_lag() == dict.fromkeys(client.assignment(), 1))
    looks = client.looks
    await until(lambda: client.looks > looks + 1)  # a whole round lies between
    assert troubles.has("lane 1")
    lag.applied |= dict.fromkeys(client.assignment(), 5)
    await until(lambda: not troubles.has("lane 1"))
    watching.cancel()


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


async def test_a_replica_without_partitions_takes_over_however_long_it_had_none(
    database: Database,
    owner_url: str,
    kafka: Kafka,
    topic: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """aiokafka leaves the group when nobody asks it for records, and stays away until somebody does."""
    monkeypatch.setattr(consumers, "MAX_POLL_INTERVAL_MS", 1_000)
    await make_tables(database, owner_url)
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    group = f"test-{uuid7()}"
    replicas = [Consumer(database, kafka, group, {here: on_paid}) for _ in range(4)]
    tasks = [asyncio.create_task(one.run()) for one in replicas]

    def idle() -> list[Consumer]:
        return [one for one in replicas if not one.lag_by_partition.applied]

    def are_shared_out() -> bool:
        return len(idle()) == 1 and all(one.trouble is None for one in replicas)

    await until(are_shared_out, seconds=60)
    # Longer than the client's own bound: nothing shows that a member has not left its group.
    await asyncio.sleep(3)
    (waiting,) = idle()
    for one, task in zip(replicas, tasks, strict=True):
        if one is not waiting:
            task.cancel()
    async with AIOKafkaProducer(**kafka.options()) as producer:
        await _pay(producer, topic, 1)
        await until(lambda: _has(database, FIRST, 1), seconds=30)
        await until(lambda: _has(database, SECOND, 1), seconds=30)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


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
