"""Reading the topics that Kafka has, and making them as they are to be."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from common.messaging.kafka import Kafka
from common.messaging.kafka_requests import SetTopicConfigurations
from common.messaging.topic_plan import TopicChange, plan_topics
from common.messaging.topics import MAX_REPLICAS, RETENTION_DAYS, TopicShape, wanted_shape


class TopicRefused(Exception):
    """Kafka did not create or change a topic; the message says which and why."""


async def plan(
    kafka: Kafka,
    topics: Mapping[str, int],
    replicas: int | None = None,
    retention_days: int = RETENTION_DAYS,
) -> list[TopicChange]:
    """Return what is to be done so that Kafka has the topics as they are to be.

    `topics`: numbers of partitions by the names in our code. `replicas`: three where there are three
    brokers, unless given. Raises KafkaError.
    """
    async with admin_client(kafka) as admin:
        return await _plan(admin, kafka, topics, replicas, retention_days)


async def apply(
    kafka: Kafka,
    topics: Mapping[str, int],
    replicas: int | None = None,
    retention_days: int = RETENTION_DAYS,
) -> list[TopicChange]:
    """Do what `plan` finds, what is to be done by hand excepted; return all of it. Raises TopicRefused."""
    async with admin_client(kafka) as admin:
        changes = await _plan(admin, kafka, topics, replicas, retention_days)
        await _create(admin, changes)
        await _configure(admin, changes)
        return changes


async def read_topics(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, TopicShape]:
    """Return those of the topics that Kafka has and lets us see. Raises TopicRefused without the right to
    read their configuration."""
    known = sorted(set(names) & set(await admin.list_topics()))
    if not known:
        return {}
    configurations = await _read_configurations(admin, known)
    return {
        one["topic"]: TopicShape(
            len(one["partitions"]),
            min(len(part["replicas"]) for part in one["partitions"]),
            configurations[one["topic"]],
        )
        for one in await admin.describe_topics(known)
    }


@asynccontextmanager
async def admin_client(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka.options())
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def _plan(
    admin: AIOKafkaAdminClient,
    kafka: Kafka,
    topics: Mapping[str, int],
    replicas: int | None,
    retention_days: int,
) -> list[TopicChange]:
    brokers = len((await admin.describe_cluster())["brokers"])
    number = replicas or min(MAX_REPLICAS, brokers)
    wanted = {
        kafka.topic(name): wanted_shape(partitions, number, retention_days)
        for name, partitions in topics.items()
    }
    return plan_topics(wanted, await read_topics(admin, list(wanted)))


async def _read_configurations(
    admin: AIOKafkaAdminClient, topics: Sequence[str]
) -> dict[str, dict[str, str]]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(asked):
        for code, message, _, topic, entries in answer.resources:
            _refuse(topic, code, message)
            found[topic] = {entry[0]: entry[1] for entry in entries}
    return found


async def _create(admin: AIOKafkaAdminClient, changes: Sequence[TopicChange]) -> None:
    missing = [
        NewTopic(
            change.topic,
            change.shape.partitions,
            change.shape.replicas,
            topic_configs=dict(change.shape.configuration),
        )
        for change in changes
        if change.shape is not None
    ]
    if not missing:
        return
    answer = await admin.create_topics(missing)
    for topic, code, message in (error[:3] for error in answer.topic_errors):
        if code and for_code(code) is not TopicAlreadyExistsError:
            _refuse(topic, code, message)


async def _configure(admin: AIOKafkaAdminClient, changes: Sequence[TopicChange]) -> None:
    values: dict[str, dict[str, str]] = {}
    for change in changes:
        if change.kind == "configure":
            values.setdefault(change.topic, {})[change.name] = change.value
    if not values:
        return
    answer: Any = await admin._send_request(SetTopicConfigurations(values))
    for code, message, _, topic in answer.resources:
        _refuse(topic, code, message)


def _refuse(topic: str, code: int, message: str | None) -> None:
    if code:
        raise TopicRefused(f"{topic}: {for_code(code).__name__} {message or ''}".strip())
