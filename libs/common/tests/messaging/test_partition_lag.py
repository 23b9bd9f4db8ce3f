"""The lag of each partition by itself: what one of them does not say is unknown there alone."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError

from common.messaging import partition_offsets
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka
from common.messaging.partition_lag import STALE_AFTER_S, PartitionLag
from common.messaging.partition_offsets import PartitionOffsets
from common.messaging.partitioning import partition_of
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_testing.ledger import Counted, Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

ONE = UUID(int=1)
TICKETS, CLOCKS = "tickets", "clocks"


class Broker:
    """Answers end offsets, but not those of `sick` partitions: these take for ever."""

    def __init__(self, ends: dict[TopicPartition, int]) -> None:
        self.ends = ends
        self.sick: set[TopicPartition] = set()
        self.questions: list[list[TopicPartition]] = []

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        self.questions.append(partitions)
        if self.sick & set(partitions):
            await asyncio.Event().wait()
        return {partition: self.ends[partition] for partition in partitions}

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {tp.partition for tp in self.ends if tp.topic == topic} or None


def partitions(topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(3)]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_offsets, "LIMIT_S", 0.1)


@pytest.fixture
def broker() -> Broker:
    return Broker({tp: 5 for topic in (TICKETS, CLOCKS) for tp in partitions(topic)})


async def look(lag: PartitionLag, broker: Broker, **stored: Any) -> None:
    """Look twice: the other members are compared with the ends of the look before."""
    for moment in (1.0, 2.0):
        await lag.refresh(broker, stored.get("stored", {}), moment)


async def test_a_sick_partition_makes_only_its_subjects_behind(broker: Broker) -> None:
    lag = PartitionLag([TICKETS, CLOCKS])
    lag.applied.update(dict.fromkeys(broker.ends, 5))
    await look(lag, broker)
    assert not lag.is_behind(2.0)
    sick = TopicPartition(TICKETS, 1)
    broker.sick = {sick}
    await look(lag, broker)
    keys = [str(uuid7()) for _ in range(60)]
    behind = {key for key in keys if lag.is_behind(2.0, key)}
    assert behind == {key for key in keys if partition_of(key, [0, 1, 2]) == 1}
    assert 0 < len(behind) < len(keys)
    assert lag.is_behind(2.0)
    assert not lag.is_behind(2.0, topics=[CLOCKS])
    assert lag.describe_unknown() == "topic tickets does not answer in partition 1"
    gauge = metrics.CONSUMER_PARTITION_UNKNOWN.labels(TICKETS, "1")
    assert gauge._value.get() == 1


async def test_a_missing_topic_is_named_and_the_others_answer(broker: Broker) -> None:
    lag = PartitionLag([TICKETS, CLOCKS, "nowhere"])
    lag.applied.update(dict.fromkeys(broker.ends, 5))
    await look(lag, broker)
    assert lag.describe_unknown() == "topic nowhere does not exist"
    assert lag.is_behind(2.0)
    assert not lag.is_behind(2.0, topics=[TICKETS, CLOCKS])


async def test_what_no_member_has_applied_is_behind_for_every_member(broker: Broker) -> None:
    lag = PartitionLag([TICKETS])
    own, *others = partitions(TICKETS)
    lag.applied[own] = 5
    await look(lag, broker, stored={others[0]: 5, others[1]: 4})
    keys = {partition_of(key, [0, 1, 2]): key for key in map(str, range(50))}
    assert [lag.is_behind(2.0, keys[number]) for number in range(3)] == [False, False, True]
    await look(lag, broker, stored=None)
    assert [lag.is_behind(2.0, keys[number]) for number in range(3)] == [False, True, True]


async def test_without_answers_everything_is_behind_after_a_while(broker: Broker) -> None:
    lag = PartitionLag([TICKETS])
    lag.applied.update(dict.fromkeys(partitions(TICKETS), 5))
    await look(lag, broker)
    assert not lag.is_behind(2.0)
    assert lag.is_behind(2.0 + STALE_AFTER_S + 1)


async def test_the_healthy_ones_are_asked_together_and_a_sick_one_seldom(broker: Broker) -> None:
    offsets, all_partitions = PartitionOffsets(), partitions(TICKETS)
    broker.sick = {all_partitions[0]}
    assert len(await offsets.ask(broker.end_offsets, all_partitions)) == 2
    broker.questions.clear()
    assert len(await offsets.ask(broker.end_offsets, all_partitions)) == 2
    assert broker.questions == [all_partitions[1:]]


async def test_where_no_partition_answers_the_broker_is_away(broker: Broker) -> None:
    broker.sick = set(broker.ends)
    with pytest.raises(TimeoutError):
        await PartitionOffsets().ask(broker.end_offsets, partitions(TICKETS))


async def test_an_error_of_kafka_is_no_answer() -> None:
    async def refuse(asked: list[TopicPartition]) -> dict[TopicPartition, int]:
        if len(asked) > 1 or asked[0].partition == 2:
            raise LeaderNotAvailableError
        return {asked[0]: 1}

    assert len(await PartitionOffsets().ask(refuse, partitions(TICKETS))) == 2


async def test_the_partition_of_a_key_is_the_one_that_producers_choose(
    kafka: Kafka, topic: str
) -> None:
    async with AIOKafkaProducer(**kafka.options()) as producer:
        for key in map(str, range(20)):
            sent = await producer.send_and_wait(topic, b"", key=key.encode())
            assert sent.partition == partition_of(key, [0, 1, 2])


async def test_a_topic_that_does_not_exist_stops_no_other(
    database: Database, owner_url: str, kafka: Kafka, topic: str
) -> None:
    await make_tables(database, owner_url)
    missing = f"test.{uuid7()}"
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    there = type("CountedThere", (Counted,), {"topic": missing, "__module__": __name__})
    consumer = Consumer(database, kafka, f"test-{uuid7()}", {here: on_paid, there: on_paid})
    async with run_until_exit(consumer):
        await write(kafka, topic, 1)
        await until(_has(database, 1))
        await until(lambda: f"topic {missing} does not exist" in (consumer.trouble or ""))
        await until(lambda: not consumer.is_behind(topics=[topic]))
        assert consumer.is_behind()
        await create(kafka, missing)
        await until(lambda: consumer.trouble is None, seconds=40)
        await until(lambda: not consumer.is_behind())
        await write(kafka, topic, 2)
        await until(_has(database, 2))


async def write(kafka: Kafka, topic: str, number: int) -> None:
    record = record_of(paid_event(ONE, number), number)
    async with AIOKafkaProducer(**kafka.options()) as producer:
        await producer.send_and_wait(
            topic, record.body, key=record.key, headers=list(record.headers)
        )


async def create(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    await admin.close()


def _has(database: Database, many: int) -> Callable[[], Any]:
    async def has() -> bool:
        return len(await amounts(database, ONE)) == many

    return has
