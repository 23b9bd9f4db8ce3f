"""Where reading goes on: stored with the effects, so that a restored database hears what it lost."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.messaging.consumed_offsets import OffsetRange, choose_start, load_offsets
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka
from common.messaging.positions import Record, save_positions
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

ONE = UUID(int=1)
RESTORED_TABLES = ("accounts", "inbox", "consumed_offsets", "outbox", "parked")


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture
def group() -> str:
    return f"test-{uuid7()}"


@pytest.fixture
def consumer_of(topic: str, kafka: Kafka, database: Database, group: str) -> Callable[[], Consumer]:
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    return lambda: Consumer(database, kafka, group, {here: on_paid})


async def write(kafka: Kafka, topic: str, *records: Record) -> None:
    async with AIOKafkaProducer(**kafka.options()) as producer:
        for record in records:
            await producer.send_and_wait(
                topic, record.body, key=record.key, headers=list(record.headers)
            )


def is_committed(kafka: Kafka, group: str, records: int) -> Callable[[], Awaitable[bool]]:
    """Kafka's own offsets of the group have passed so many records."""

    async def enough() -> bool:
        admin = AIOKafkaAdminClient(**kafka.options())
        await admin.start()
        offsets = await admin.list_consumer_group_offsets(group)
        await admin.close()
        return bool(sum(one.offset for one in offsets.values()) >= records)

    return enough


def has(database: Database, many: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(await amounts(database, ONE)) == many

    return enough


async def test_a_restored_database_hears_again_what_it_lost(
    database: Database,
    owner_url: str,
    kafka: Kafka,
    topic: str,
    group: str,
    consumer_of: Callable[[], Consumer],
) -> None:
    owner = await asyncpg.connect(owner_url)
    async with run_until_exit(consumer_of()):
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 6)))
        await until(has(database, 5))
    for table in RESTORED_TABLES:
        await owner.execute(f"CREATE TABLE backup_{table} AS SELECT * FROM {table}")
    consumer = consumer_of()
    async with run_until_exit(consumer):
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(6, 11)))
        await until(has(database, 10))
        await until(lambda: not consumer.is_behind())
        await until(is_committed(kafka, kafka.group(group), 10))
    for table in RESTORED_TABLES:
        await owner.execute(f"DELETE FROM {table}")
        await owner.execute(
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM backup_{table}"
        )
    await owner.close()
    assert await amounts(database, ONE) == list(range(1, 6))
    recreated = metrics.CONSUMER_RECREATED._value.get()
    async with run_until_exit(consumer_of()):
        await until(has(database, 10))
    assert await amounts(database, ONE) == list(range(1, 11))
    assert metrics.CONSUMER_RECREATED._value.get() == recreated  # at once, not by the watchdog


async def test_offsets_commit_with_the_effects_and_go_on_there(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[], Consumer]
) -> None:
    async with run_until_exit(consumer_of()):
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 6)))
        await until(has(database, 5))
        async with database.transaction() as tx:
            stored = await load_offsets(tx)
    assert sum(stored.values()) == 5
    assert {partition.topic for partition in stored} == {topic}


async def test_an_old_member_cannot_move_an_offset_backwards(database: Database) -> None:
    for offset in (10, 7):
        async with database.transaction() as tx:
            await save_positions(tx, {}, {("t", 0): offset})
    async with database.transaction() as tx:
        assert await load_offsets(tx) == {TopicPartition("t", 0): 10}


async def test_a_topic_created_again_is_heard_from_its_beginning_and_said_aloud(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[], Consumer]
) -> None:
    rewound = metrics.CONSUMER_TOPICS_REWOUND
    async with run_until_exit(consumer_of()):
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 6)))
        await until(has(database, 5))
    await recreate(kafka, topic)
    await write(kafka, topic, record_of(paid_event(ONE, 6), 6))
    async with run_until_exit(consumer_of()):
        await until(has(database, 6))
    assert sum(rewound.labels(topic, str(n))._value.get() for n in range(3)) >= 1


async def test_a_topic_that_has_grown_past_the_stored_offset_is_heard_from_its_beginning(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[], Consumer]
) -> None:
    """Its new records at the old offsets would be passed over; Kafka forgot the group with the topic."""
    async with run_until_exit(consumer_of()):
        await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 6)))
        await until(has(database, 5))
    await recreate(kafka, topic)
    await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(6, 16)))
    async with run_until_exit(consumer_of()):
        await until(has(database, 15))
    async with database.transaction() as tx:
        assert not await tx.scalar(text("SELECT count(*) FROM parked"))


async def recreate(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.delete_topics([topic])

    async def is_gone() -> bool:
        return topic not in await admin.list_topics()

    await until(is_gone)
    await admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    await admin.close()


@given(
    stored=st.none() | st.integers(0, 50),
    begin=st.integers(0, 50),
    held=st.integers(0, 50),
    committed=st.integers(-1, 120),
)
def test_reading_starts_inside_what_the_partition_holds_and_skips_nothing_unsaid(
    stored: int | None, begin: int, held: int, committed: int
) -> None:
    start = choose_start(stored, OffsetRange(begin, begin + held), committed)
    assert begin <= start.offset <= begin + held
    if stored is not None and start.finding is None:
        assert start.offset == max(begin, min(stored, committed))
    if stored is not None and stored < begin:
        assert start.finding == "expired"
    if stored is not None and stored > begin + held:
        assert (start.offset, start.finding) == (begin, "rewound")


async def test_a_member_with_a_stored_offset_before_the_first_record_says_what_is_missed(
    database: Database, kafka: Kafka, topic: str, consumer_of: Callable[[], Consumer]
) -> None:
    await write(kafka, topic, *(record_of(paid_event(ONE, n), n) for n in range(1, 6)))
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    (partition,) = [TopicPartition(topic, n) for n in range(3) if await _end(kafka, topic, n) == 5]
    await admin.delete_records({partition: RecordsToDelete(before_offset=3)})
    await admin.close()
    async with database.transaction() as tx:
        await save_positions(tx, {}, {(topic, partition.partition): 1})
        await tx.execute(
            text("INSERT INTO inbox (source, subject, sequence) VALUES ('test/bank', :s, 3)"),
            {"s": f"account/{ONE}"},
        )
    missed = metrics.CONSUMER_RECORDS_MISSED.labels(topic, str(partition.partition))._value
    async with run_until_exit(consumer_of()):
        await until(has(database, 2))
    assert missed.get() == 2


async def _end(kafka: Kafka, topic: str, number: int) -> int:
    async with AIOKafkaConsumer(**kafka.options()) as client:
        partition = TopicPartition(topic, number)
        return int((await client.end_offsets([partition]))[partition])
