"""From the topic to the effect, on the real broker: order, repeats, restarts, a database away."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from unittest import mock
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from common.events.envelope import ReceivedEvent
from common.messaging.batch_processor import BatchProcessor
from common.messaging.consumed_offsets import read_offsets
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka
from common.messaging.parked_release import ParkedRelease
from common.messaging.positions import ConcurrentConsumerError, Record
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture
def consumer_of(topic: str, kafka: Kafka) -> Callable[[Database], Consumer]:
    """Replicas of one service, which listens to this test's topic."""
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    group = f"test-{uuid7()}"
    return lambda database: Consumer(database, kafka, group, {here: on_paid})


async def write(kafka: Kafka, topic: str, *records: Record) -> None:
    producer = AIOKafkaProducer(**kafka.options())
    await producer.start()
    for record in records:
        await producer.send_and_wait(
            topic, record.body, key=record.key, headers=list(record.headers)
        )
    await producer.stop()


async def test_what_is_on_the_topic_takes_effect_once_and_in_order(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[Database], Consumer]
) -> None:
    records = [record_of(paid_event(account, n), n) for n in range(1, 31) for account in (ONE, TWO)]
    await write(kafka, topic, *records, *records)
    consumer = consumer_of(database)
    async with run_until_exit(consumer):
        await until(lambda: _has(database, TWO, 30))
        await until(lambda: not consumer.is_behind())
        assert await consumer.lag() == 0
        assert consumer.trouble is None
    assert await amounts(database, ONE) == list(range(1, 31))
    assert await amounts(database, TWO) == list(range(1, 31))


async def test_it_is_current_once_what_was_sent_before_the_question_is_applied(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[Database], Consumer]
) -> None:
    """G8: asked while an event waits in the topic, it waits for it, or says that it is not current.
    A replica answers for the partitions of the other, too."""
    first, second = consumer_of(database), consumer_of(database)

    async def is_current(replica: Consumer, key: str | None, within_s: float) -> bool:
        return await replica.is_current(topic, key, within_s, lambda: read_offsets(database))

    assert not await is_current(first, str(ONE), 1)
    async with run_until_exit(first), run_until_exit(second):
        await until(lambda: not (first.is_behind() or second.is_behind()))
        for key in (str(ONE), str(TWO), "x", "y", None):
            assert await is_current(first, key, 5)
        release = asyncio.Event()
        with mock.patch.object(BatchProcessor, "process", _held_by(release)):
            await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
            for replica in (first, second):
                assert not await is_current(replica, paid_event(ONE, 1).key(), 0.3)
                assert not await is_current(replica, None, 0.3)
            release.set()
            for replica in (first, second):
                assert await is_current(replica, paid_event(ONE, 1).key(), 5)
                assert await is_current(replica, None, 5)
                assert await amounts(database, ONE) == [1]


def _held_by(release: asyncio.Event) -> object:
    process = BatchProcessor.process

    async def held(self: BatchProcessor, records: Sequence[Record]) -> None:
        await release.wait()
        await process(self, records)

    return held


async def test_a_second_replica_and_a_dead_first_change_nothing(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[Database], Consumer]
) -> None:
    first, second = consumer_of(database), consumer_of(database)
    await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 11)))
    async with run_until_exit(first):
        await until(lambda: _has(database, ONE, 10))
    await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(11, 21)))
    async with run_until_exit(second):
        await until(lambda: _has(database, ONE, 20))
    assert await amounts(database, ONE) == list(range(1, 21))


async def test_what_another_replica_parked_before_it_died_is_released_here(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[Database], Consumer]
) -> None:
    first, second = consumer_of(database), consumer_of(database)
    async with run_until_exit(first):
        async with run_until_exit(second):
            await until(lambda: not (first.is_behind() or second.is_behind()))
            await until(lambda: not (first.state.has_parked or second.state.has_parked))
            early = replace(record_of(paid_event(ONE, 2), 2), topic=topic)
            await BatchProcessor(database, second.inbox).process([early])
        await until(lambda: not first.is_behind())
        await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
        await until(lambda: _has(database, ONE, 2))


async def test_a_parked_record_taken_by_another_replica_does_not_end_the_session(
    database: Database, kafka: Kafka, consumer_of: Callable[[Database], Consumer]
) -> None:
    """Else each of them would make the whole group share its partitions out anew."""
    consumer, looks = consumer_of(database), 0

    async def taken(self: ParkedRelease, *, is_sweep_due: bool) -> None:
        nonlocal looks
        looks += 1
        raise ConcurrentConsumerError("another consumer took the same parked record")

    with mock.patch.object(ParkedRelease, "release", taken):
        async with run_until_exit(consumer):
            await until(lambda: looks > 0)
            client = consumer._client
            await until(lambda: looks > 1)
            assert client is not None
            assert consumer._client is client


async def test_what_is_written_and_not_applied_counts_as_unheard(
    database: Database, kafka: Kafka, topic: str
) -> None:
    """Timers ask this before they fire on incomplete knowledge."""
    go_on = asyncio.Event()

    async def slow(tx: Connection, events: Sequence[ReceivedEvent[Paid]]) -> None:
        await go_on.wait()
        await on_paid(tx, events)

    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    consumer = Consumer(database, kafka, f"test-{uuid7()}", {here: slow})
    async with run_until_exit(consumer):
        await until(lambda: not consumer.is_behind())
        await write(
            kafka, topic, record_of(paid_event(ONE, 1), 1), record_of(paid_event(TWO, 1), 1)
        )
        await until(consumer.is_behind)
        assert (await consumer.lag() or 0) > 0
        go_on.set()
        await until(lambda: not consumer.is_behind())
    assert await amounts(database, ONE) == [1]


async def test_a_database_away_is_waited_for(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[Database], Consumer]
) -> None:
    async with run_until_exit(consumer_of(database)):
        await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
        await until(lambda: _has(database, ONE, 1))
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in (2, 3)))
        await until(lambda: _has(database, ONE, 3))
    assert await amounts(database, ONE) == [1, 2, 3]


async def test_without_a_broker_it_says_so_and_counts_itself_behind(database: Database) -> None:
    consumer = Consumer(database, Kafka("127.0.0.1:1"), "test-nobody", {Paid: on_paid})
    assert consumer.is_behind()
    async with run_until_exit(consumer):
        await until(lambda: consumer.trouble != "consumer: not started")
        assert consumer.is_behind()
        assert await consumer.lag() is None


async def _has(database: Database, account: UUID, number: int) -> bool:
    try:
        return len(await amounts(database, account)) >= number
    except Exception as error:
        if "terminat" in str(error) or "closed" in str(error):
            return False
        raise


async def test_lag_of_one_replica_holds_back_the_timers_of_the_other(
    database: Database, kafka: Kafka, topic: str
) -> None:
    """Any replica fires a deadline, also for partitions that it does not read."""
    stuck = asyncio.Event()

    async def never(tx: Connection, events: Sequence[ReceivedEvent[Paid]]) -> None:
        await stuck.wait()

    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    group = f"test-{uuid7()}"
    first, second = (Consumer(database, kafka, group, {here: never}) for _ in range(2))
    async with run_until_exit(first, second):
        await until(lambda: not first.is_behind() and not second.is_behind())
        await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
        await until(lambda: first.is_behind() and second.is_behind())
