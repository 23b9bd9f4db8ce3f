"""A batch counts what is in it, and a refused event is found without losing its neighbours."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from common.messaging.holds import Destination
from common.messaging.kafka import Kafka
from common.messaging.publisher import MAX_BATCH_BYTES, Publisher
from common.persistence.ids import uuid7


def row(id: int, topic: str, body_bytes: int) -> dict[str, Any]:
    return {
        "id": id,
        "event_id": uuid7(),
        "topic": topic,
        "key": "k",
        "type": "test.v1",
        "source": "test",
        "subject": f"account/{UUID(int=id)}",
        "sequence": 1,
        "at": "2030-01-07T12:00:00+00:00",
        "traceparent": None,
        "body": "x" * body_bytes,
    }


@pytest.fixture
async def publisher(kafka: Kafka) -> AsyncIterator[Publisher]:
    publisher = Publisher(kafka)
    await publisher.start()
    yield publisher
    await publisher.discard()


async def test_only_what_fitted_into_the_batch_counts_as_sent(
    publisher: Publisher, topic: str
) -> None:
    """The others are still unsent: counted as sent, they would be deleted and lost."""
    assert await publisher.look_up([topic]) == {}
    rows = [row(id, topic, MAX_BATCH_BYTES * 2 // 5) for id in (1, 2, 3)]
    result = await publisher.send(Destination(topic, 0), rows)
    assert (list(result.sent), list(result.rejected), result.cause) == ([1, 2], [], None)


async def test_an_event_that_is_too_large_is_refused_after_those_before_it(
    publisher: Publisher, topic: str
) -> None:
    assert await publisher.look_up([topic]) == {}
    rows = [row(1, topic, 10), row(2, topic, MAX_BATCH_BYTES * 6 // 5), row(3, topic, 10)]
    first = await publisher.send(Destination(topic, 0), rows)
    assert (list(first.sent), list(first.rejected)) == ([1], [])
    second = await publisher.send(Destination(topic, 0), rows[1:])
    assert ([*second.sent], [refused["id"] for refused, _ in second.rejected]) == ([], [2])


async def test_a_missing_topic_is_said_within_a_bound_and_delays_no_other(
    publisher: Publisher, topic: str
) -> None:
    errors = await publisher.look_up([topic, "missing.topic"])
    assert {name: type(error).__name__ for name, error in errors.items()} == {
        "missing.topic": "UnknownTopicOrPartitionError"
    }
    assert publisher.partition_of(topic, "k") in range(3)
