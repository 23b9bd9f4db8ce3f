"""Another prefix: the same events on other topics, in another group, and none on the usual ones."""

from collections.abc import AsyncIterator
from typing import ClassVar
from uuid import UUID

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import text

from common.events.envelope import Event
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.ledger import NOON, Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.waiting import run_until_exit, until

ONE = UUID(int=1)


class Misprinted(Event):
    """Claims to be a payment, and is none."""

    topic: ClassVar[str] = "opsdesk.payments"
    source: ClassVar[str] = Paid.source
    type: ClassVar[str] = Paid.type

    account: UUID
    amount: str

    def subject(self) -> str:
        return f"account/{self.account}"


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture
async def acme(kafka: Kafka) -> AsyncIterator[Kafka]:
    """An installation of its own on the same Kafka, with the topics of this test."""
    ours = Kafka(kafka.servers, topic_prefix=f"acme-{uuid7()}")
    names = ("opsdesk.payments", "opsdesk.clocks", "opsdesk.dead-letters.books")
    topics = [ours.topic(name) for name in names]
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1) for topic in topics])
    yield ours
    await admin.delete_topics(topics)
    await admin.close()


async def groups(kafka: Kafka) -> set[str]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        return {name for name, _ in await admin.list_consumer_groups()}
    finally:
        await admin.close()


async def test_relay_consumer_and_dead_letters_use_the_prefix(
    database: Database, acme: Kafka
) -> None:
    here = type("PaidHere", (Paid,), {"topic": "opsdesk.payments", "__module__": __name__})
    consumer = Consumer(database, acme, "books", {here: on_paid})
    async with run_until_exit(Relay(database, acme), consumer):
        async with database.transaction() as tx:
            await publish(tx, OutboxEvent(paid_event(ONE, 7), 1, topic="opsdesk.payments"))
        await until(lambda: _has(database, "SELECT EXISTS (SELECT FROM inbox)"))
        assert await amounts(database, ONE) == [7]
        assert f"{acme.topic_prefix}.books" in await groups(acme)
        async with database.transaction() as tx:
            wrong = Misprinted(at=NOON, account=ONE, amount="no number")
            await publish(tx, OutboxEvent(wrong, 2))
        await until(lambda: _has(database, "SELECT EXISTS (SELECT FROM dead_letters)"))
        await until(lambda: _has(database, "SELECT NOT EXISTS (SELECT FROM outbox)"))
    async with database.transaction() as tx:
        topic = await tx.scalar(text("SELECT topic FROM dead_letters"))
    assert topic == f"{acme.topic_prefix}.payments", "what Kafka calls it"


async def _has(database: Database, query: str) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(text(query)))


@pytest.mark.parametrize(
    ("prefix", "topic", "expected"),
    [
        ("opsdesk", "opsdesk.tickets", "opsdesk.tickets"),
        ("acme", "opsdesk.escalations.dm", "acme.escalations.dm"),
        ("acme.opsdesk", "opsdesk.dead-letters.sla", "acme.opsdesk.dead-letters.sla"),
        ("acme", "test.payments", "test.payments"),
    ],
)
def test_topics_begin_with_the_prefix(prefix: str, topic: str, expected: str) -> None:
    assert Kafka("", topic_prefix=prefix).topic(topic) == expected
