"""The topics of a service: what it needs, and creating what is missing."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from common.events.tickets import TicketOpened
from common.messaging.kafka import Kafka
from common.messaging.topics import TopicRefused, create_missing_topics, needed_topics
from common.persistence.ids import uuid7


@pytest.fixture
def elsewhere(kafka: Kafka) -> Kafka:
    """The same broker, with names that no other test uses."""
    return replace(kafka, topic_prefix=f"topics-{uuid7()}")


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    yield admin
    await admin.close()


def test_a_service_needs_what_it_sends_receives_and_puts_aside() -> None:
    assert needed_topics("sla", [TicketOpened]) == {
        "opsdesk.catalogue": 12,
        "opsdesk.clocks": 12,
        "opsdesk.evidence": 12,
        "opsdesk.tickets": 12,
        "opsdesk.dead-letters.sla": 1,
    }
    audiences = [t for t in needed_topics("escalation", []) if t.startswith("opsdesk.escalations.")]
    assert len(audiences) == 8


async def test_what_is_missing_is_created_once_below_the_prefix(
    elsewhere: Kafka, admin: AIOKafkaAdminClient
) -> None:
    topics = {"opsdesk.tickets": 12, "opsdesk.clocks": 3}
    wanted = [f"{elsewhere.topic_prefix}.clocks", f"{elsewhere.topic_prefix}.tickets"]
    assert await create_missing_topics(elsewhere, topics) == wanted
    assert await create_missing_topics(elsewhere, topics) == []
    described = await admin.describe_topics(wanted)
    assert {one["topic"]: len(one["partitions"]) for one in described} == dict(
        zip(wanted, (3, 12), strict=True)
    )


async def test_a_sender_whose_clock_is_hours_ahead_can_send(elsewhere: Kafka) -> None:
    [name] = await create_missing_topics(elsewhere, {"opsdesk.tickets": 1})
    ahead_ms = int(time.time() * 1000) + 5 * 3600 * 1000
    async with AIOKafkaProducer(**elsewhere.options()) as producer:
        sent = await producer.send_and_wait(name, b"", timestamp_ms=ahead_ms)
    assert sent.timestamp_type == 1  # the broker's
    assert sent.timestamp < ahead_ms - 3600 * 1000


async def test_what_kafka_refuses_is_named(elsewhere: Kafka) -> None:
    with pytest.raises(TopicRefused, match=r"tickets: InvalidReplicationFactor"):
        await create_missing_topics(elsewhere, {"opsdesk.tickets": 1}, replicas=3)
