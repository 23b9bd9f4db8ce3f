"""Which rights on Kafka a principal needs: of a service, of a team that subscribes, of who makes the topics.

Derived from the table of events, as the topics are: nobody keeps a second list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from common.domain.nearest import proposal
from common.events.envelope import Event
from common.messaging.topics import needed_topics, sent_topics
from common.settings_kafka import DEFAULT_TOPIC_PREFIX

Resource = Literal["topic", "group"]
READ_TOPIC = ("Read", "Describe", "DescribeConfigs")
"""What who reads a topic may do. DescribeConfigs lets `doctor` see how it is configured."""


@dataclass(frozen=True, slots=True, order=True)
class AccessRule:
    """Operations, in Kafka's words, on one topic or group, or on all whose names begin so."""

    resource: Resource
    name: str
    operations: tuple[str, ...]
    is_prefix: bool = False


class UnknownTopic(Exception):
    """No service publishes such a topic; the message proposes the nearest one."""


def service_rules(
    service: str, received: Iterable[type[Event]], prefix: str = DEFAULT_TOPIC_PREFIX
) -> list[AccessRule]:
    """Return the rights of a service: it writes its own topics alone, and reads them after a restore."""
    own = sent_topics(service)
    needed = needed_topics(service, received)
    return [
        *(
            AccessRule(
                "topic",
                with_prefix(topic, prefix),
                ("Write", *READ_TOPIC) if topic in own else READ_TOPIC,
            )
            for topic in sorted(needed)
        ),
        AccessRule("group", f"{prefix}.{service}", ("Read", "Describe")),
    ]


def subscriber_rules(
    team: str, topics: Sequence[str], known: Iterable[str], prefix: str = DEFAULT_TOPIC_PREFIX
) -> list[AccessRule]:
    """Return the rights of a team that listens: reading these topics, in groups whose names begin with
    the team's. `known`: all topics, by the names in our code. Raises UnknownTopic."""
    names = sorted({with_prefix(topic, prefix) for topic in known})
    for topic in topics:
        if topic not in names:
            raise UnknownTopic(f"{topic} is none of our topics{proposal(topic, names)}")
    reads = (AccessRule("topic", topic, ("Read", "Describe")) for topic in sorted(set(topics)))
    return [*reads, AccessRule("group", f"{team}.", ("Read", "Describe"), is_prefix=True)]


def administrator_rules(prefix: str = DEFAULT_TOPIC_PREFIX) -> list[AccessRule]:
    """Return the rights of the principal that runs `topics apply`."""
    operations = ("Create", "Describe", "DescribeConfigs", "AlterConfigs")
    return [AccessRule("topic", f"{prefix}.", operations, is_prefix=True)]


def with_prefix(topic: str, prefix: str) -> str:
    """Return the name of a topic in our code as an installation with this prefix has it."""
    return f"{prefix}{topic.removeprefix(DEFAULT_TOPIC_PREFIX)}"
