"""The topics of a service: what it needs, and making what is missing or configured otherwise."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from common.events.tickets import TicketOpened
from common.messaging import topic_admin
from common.messaging.kafka import Kafka
from common.messaging.kafka_requests import SetTopicConfigurations
from common.messaging.topic_admin import TopicRefused, read_topics
from common.messaging.topic_plan import plan_topics
from common.messaging.topics import TopicShape, needed_topics, wanted_shape
from common.persistence.ids import uuid7

DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture
def elsewhere(kafka: Kafka) -> Kafka:
    """The same broker, with names that no other test uses."""
    return replace(kafka, topic_prefix=f"topics-{uuid7()}")


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    async with topic_admin.admin_client(kafka) as admin:
        yield admin


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


def test_two_of_three_replicas_must_have_a_record() -> None:
    in_sync = {
        count: wanted_shape(12, count).configuration["min.insync.replicas"] for count in (1, 2, 3)
    }
    assert in_sync == {1: "1", 2: "1", 3: "2"}


def test_what_differs_is_planned_and_what_only_people_may_do_is_said() -> None:
    wanted = {"a": wanted_shape(12, 3), "b": wanted_shape(12, 3), "c": wanted_shape(1, 3)}
    found = {
        "b": TopicShape(6, 1, dict(wanted_shape(6, 3).configuration) | {"retention.ms": "5"}),
        "c": TopicShape(1, 3, dict(wanted_shape(1, 3).configuration) | {"retention.ms": "-1"}),
    }
    planned = [(change.topic, change.kind, change.name) for change in plan_topics(wanted, found)]
    assert planned == [
        ("a", "create", ""),
        ("b", "by_hand", ""),  # another number of partitions
        ("b", "by_hand", ""),  # too few replicas
        ("b", "configure", "retention.ms"),
    ]  # and c keeps its records for ever, which is not less than we ask for


def test_a_topic_is_not_stopped_by_a_demand_that_its_replicas_cannot_meet() -> None:
    alone = TopicShape(1, 1, wanted_shape(1, 1).configuration)
    changes = plan_topics({"a": wanted_shape(1, 3)}, {"a": alone})
    assert [change.kind for change in changes] == ["by_hand"]


async def test_what_is_missing_is_created_once_below_the_prefix(
    elsewhere: Kafka, admin: AIOKafkaAdminClient
) -> None:
    topics = {"opsdesk.tickets": 12, "opsdesk.clocks": 3}
    wanted = [f"{elsewhere.topic_prefix}.clocks", f"{elsewhere.topic_prefix}.tickets"]
    planned = await topic_admin.plan(elsewhere, topics)
    assert [change.topic for change in planned] == wanted
    assert await topic_admin.apply(elsewhere, topics) == planned
    assert await topic_admin.apply(elsewhere, topics) == []
    found = await read_topics(admin, wanted)
    assert [found[name].partitions for name in wanted] == [3, 12]
    assert found[wanted[0]].configuration["retention.ms"] == str(400 * DAY_MS)


async def test_what_somebody_has_set_otherwise_is_set_again_and_the_rest_stays(
    elsewhere: Kafka, admin: AIOKafkaAdminClient
) -> None:
    topics = {"opsdesk.clocks": 1}
    [created] = await topic_admin.apply(elsewhere, topics)
    changed = {"retention.ms": str(DAY_MS), "segment.bytes": "2097152"}
    answer = await admin._send_request(SetTopicConfigurations({created.topic: changed}))
    assert [one[0] for one in answer.resources] == [0]
    [change] = await topic_admin.apply(elsewhere, topics)
    assert change.what == f"set retention.ms of {created.topic} from {DAY_MS} to {400 * DAY_MS}"
    found = (await read_topics(admin, [created.topic]))[created.topic].configuration
    assert found["retention.ms"] == str(400 * DAY_MS)
    assert found["segment.bytes"] == "2097152"


async def test_a_sender_whose_clock_is_hours_ahead_can_send(elsewhere: Kafka) -> None:
    [created] = await topic_admin.apply(elsewhere, {"opsdesk.tickets": 1})
    ahead_ms = int(time.time() * 1000) + 5 * 3600 * 1000
    async with AIOKafkaProducer(**elsewhere.options()) as producer:
        sent = await producer.send_and_wait(created.topic, b"", timestamp_ms=ahead_ms)
    assert sent.timestamp_type == 1  # the broker's
    assert sent.timestamp < ahead_ms - 3600 * 1000


async def test_what_kafka_refuses_is_named(elsewhere: Kafka) -> None:
    with pytest.raises(TopicRefused, match=r"tickets: InvalidReplicationFactor"):
        await topic_admin.apply(elsewhere, {"opsdesk.tickets": 1}, replicas=3)
