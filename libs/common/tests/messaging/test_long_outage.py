"""A broker that is away for longer than the watchdog waits: afterwards the consumer hears again."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.messaging import consumer_watch
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka, with_timeout
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_local.servers import embedded_servers
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

pytestmark = pytest.mark.thorough

ONE = UUID(int=1)
TOPIC = "ledger"


class PaidThere(Paid):
    topic = TOPIC


@pytest.fixture
def broker() -> Iterator[Any]:
    """A broker of this test's own, to be killed."""
    with embedded_servers() as servers:
        assert servers.kafka is not None
        yield servers.kafka.brokers[0]


async def tell(kafka: Kafka, number: int) -> None:
    record = record_of(paid_event(ONE, number), number)
    async with AIOKafkaProducer(**kafka.options()) as producer:
        headers = list(record.headers)
        await producer.send_and_wait(TOPIC, record.body, key=record.key, headers=headers)


async def test_it_consumes_again_after_discarding_its_client(
    database: Database, owner_url: str, broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making the client anew must not wait for a `stop()` that never ends."""
    monkeypatch.setattr(consumer_watch, "STUCK_AFTER_S", 2.0)
    await make_tables(database, owner_url)
    kafka = Kafka(f"127.0.0.1:{broker.port}")
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=12, replication_factor=1)])
    await admin.close()
    consumer = Consumer(database, kafka, f"test-{uuid7()}", {PaidThere: on_paid})
    given_up = metrics.CONSUMER_RECREATED._value.get

    async def has_consumed(many: int) -> bool:
        return len(await amounts(database, ONE)) == many

    async with run_until_exit(consumer):
        await tell(kafka, 1)
        await until(lambda: has_consumed(1))
        before = given_up()
        await asyncio.to_thread(broker.kill)
        await until(lambda: given_up() >= before + 2, seconds=60)
        await asyncio.to_thread(broker.start)
        await tell(kafka, 2)
        await until(lambda: has_consumed(2), seconds=60)


async def test_a_call_that_will_not_be_cancelled_is_left_to_itself() -> None:
    let_go = asyncio.Event()

    async def swallow_cancellation() -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    with pytest.raises(TimeoutError):
        await with_timeout(0.05, swallow_cancellation())
    let_go.set()
