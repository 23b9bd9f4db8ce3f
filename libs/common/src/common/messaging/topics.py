"""The topics that a service needs, and creating those that are missing."""

from collections.abc import Iterable, Mapping
from typing import get_args

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from common.events import EVENTS
from common.events.dead_letters import RecordDeadLettered
from common.events.envelope import Event
from common.events.escalations import Audience, EscalationEvent, audience_topic
from common.messaging.kafka import Kafka

MAIN_PARTITIONS = 12
RETENTION_MS = 400 * 24 * 60 * 60 * 1000
"""How long records stay: a new subscriber may read more than a year."""
CONFIGURATION = {
    "retention.ms": str(RETENTION_MS),
    # The broker's clock dates the records: by ours, Kafka would refuse all those of a service whose
    # clock is more than an hour ahead, and delete those of one that is far behind.
    "message.timestamp.type": "LogAppendTime",
}


class TopicRefused(Exception):
    """Kafka did not create a topic; the message says which and why."""


def topics_of(event: type[Event]) -> list[str]:
    """Return the topics of an event: the main one, and those of the audiences it may concern."""
    if event is RecordDeadLettered:
        return [f"{event.topic}.{{service}}"]
    audiences = get_args(Audience) if issubclass(event, EscalationEvent) else ()
    return [event.topic, *(audience_topic(audience) for audience in audiences)]


def needed_topics(service: str, received: Iterable[type[Event]]) -> dict[str, int]:
    """Return the topics that a service sends to or receives from, with their numbers of partitions."""
    sent = [event for event in EVENTS.values() if event.source == f"opsdesk/{service}"]
    main = {event.topic: MAIN_PARTITIONS for event in (*sent, *received)}
    audiences = {topic: 1 for event in sent for topic in topics_of(event) if topic not in main}
    return main | audiences | {f"{RecordDeadLettered.topic}.{service}": 1}


async def create_missing_topics(
    kafka: Kafka, topics: Mapping[str, int], replicas: int | None = None
) -> list[str]:
    """Create the topics that Kafka lacks. Returns their names there, in order.

    `replicas`: three where there are three brokers, unless given. Raises TopicRefused.
    """
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        brokers = len((await admin.describe_cluster())["brokers"])
        wanted = {kafka.topic(name): count for name, count in topics.items()}
        missing = sorted(wanted.keys() - set(await admin.list_topics()))
        number = replicas or min(3, brokers)
        created = await admin.create_topics(
            [NewTopic(t, wanted[t], number, topic_configs=CONFIGURATION) for t in missing]
        )
    finally:
        await admin.close()
    for name, code, message in (error[:3] for error in created.topic_errors):
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise TopicRefused(f"{name}: {for_code(code).__name__} {message or ''}".strip())
    return missing
