"""The topics: which a service needs, and how each is to be. The one table behind docs/topics.md, `topics` and `acls`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from common.events import EVENTS
from common.events.dead_letters import RecordDeadLettered
from common.events.envelope import Event
from common.events.escalations import Audience, EscalationEvent, audience_topic

SERVICES: Final = ("intake", "sla", "escalation", "delivery-gate", "console")
"""Each has a topic for its dead letters."""
MAIN_PARTITIONS: Final = 12
RETENTION_DAYS: Final = 400
"""Days that records stay: a new subscriber may read more than a year."""
RETENTION: Final = "retention.ms"
IN_SYNC: Final = "min.insync.replicas"
MAX_REPLICAS: Final = 3
_DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class TopicShape:
    """A topic as it is to be, or as Kafka has it. `configuration` as Kafka writes it, name to value."""

    partitions: int
    replicas: int
    configuration: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{_count(self.partitions, 'partition')}, {_count(self.replicas, 'replica')}"


def wanted_shape(
    partitions: int, replicas: int, retention_days: int = RETENTION_DAYS
) -> TopicShape:
    """Return how a topic is to be. An event counts as sent when it is on two of three brokers."""
    configuration = {
        RETENTION: str(retention_days * _DAY_MS),
        # The broker's clock dates the records: by ours, Kafka would refuse all those of a service whose
        # clock is more than an hour ahead, and delete those of one that is far behind.
        "message.timestamp.type": "LogAppendTime",
        IN_SYNC: str(max(1, replicas - 1)),
    }
    return TopicShape(partitions, replicas, configuration)


def topics_of(event: type[Event]) -> list[str]:
    """Return the topics of an event: the main one, and those of the audiences it may concern."""
    if event is RecordDeadLettered:
        return [f"{event.topic}.{{service}}"]
    audiences = get_args(Audience) if issubclass(event, EscalationEvent) else ()
    return [event.topic, *(audience_topic(audience) for audience in audiences)]


def sent_topics(service: str) -> dict[str, int]:
    """Return the topics that a service writes, with their numbers of partitions."""
    sent = [event for event in EVENTS.values() if event.source == f"opsdesk/{service}"]
    main = {event.topic: MAIN_PARTITIONS for event in sent}
    audiences = {topic: 1 for event in sent for topic in topics_of(event) if topic not in main}
    return main | audiences | {f"{RecordDeadLettered.topic}.{service}": 1}


def needed_topics(service: str, received: Iterable[type[Event]]) -> dict[str, int]:
    """Return the topics that a service sends to or receives from, with their numbers of partitions."""
    return {event.topic: MAIN_PARTITIONS for event in received} | sent_topics(service)


def every_topic() -> dict[str, int]:
    """Return all topics of an installation, with their numbers of partitions."""
    return {topic: count for service in SERVICES for topic, count in sent_topics(service).items()}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
