"""A topic of its own for each test, on the real broker."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.ledger import make_tables
from opsdesk_testing.restored_bank import Bank


@pytest.fixture
async def topic(kafka: Kafka) -> AsyncIterator[str]:
    """An empty topic with three partitions."""
    name = f"test.{uuid7()}"
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=3, replication_factor=1)])
    yield name
    await admin.delete_topics([name])
    await admin.close()


async def _read_all(kafka: Kafka, topic: str) -> list[dict[str, str]]:
    """All records of a topic as their `ce_` headers, in each partition's order."""
    consumer = AIOKafkaConsumer(**kafka.options())
    await consumer.start()
    partitions = [TopicPartition(topic, number) for number in range(3)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, 0)
    found: list[dict[str, str]] = []
    while len(found) < sum(ends.values()):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found += [{name: value.decode() for name, value in r.headers} for r in records]
    await consumer.stop()
    return found


@pytest.fixture
def read_all() -> Callable[[Kafka, str], Awaitable[list[dict[str, str]]]]:
    return _read_all


@pytest.fixture
async def bank(database: Database, owner_url: str, kafka: Kafka, topic: str) -> Bank:
    await make_tables(database, owner_url)
    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        "CREATE TABLE sent_accounts (id uuid PRIMARY KEY, sequence bigint NOT NULL);"
        "CREATE SEQUENCE payment_numbers START 1001; CREATE SEQUENCE note_numbers"
    )
    await owner.close()
    return Bank(database, owner_url, kafka, topic)
