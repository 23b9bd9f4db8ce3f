"""What is to be done so that the topics are as they are to be: found out without touching anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from common.messaging.topics import IN_SYNC, RETENTION, TopicShape

Kind = Literal["create", "configure", "by_hand"]
FOR_EVER = -1
"""A retention without an end."""


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One thing that differs. `what` says it in a sentence for ops; `by_hand` is never done by us.

    `shape`: how to create it; `value`: the new value of the configuration `name`.
    """

    topic: str
    kind: Kind
    what: str
    shape: TopicShape | None = None
    name: str = ""
    value: str = ""


def plan_topics(
    wanted: Mapping[str, TopicShape], found: Mapping[str, TopicShape]
) -> list[TopicChange]:
    """Compare topics with what Kafka has. In order of their names; empty where nothing is to be done."""
    return [
        change
        for topic in sorted(wanted)
        for change in _changes(topic, wanted[topic], found.get(topic))
    ]


def _changes(topic: str, wanted: TopicShape, found: TopicShape | None) -> Iterator[TopicChange]:
    if found is None:
        yield TopicChange(topic, "create", f"create {topic} ({wanted})", shape=wanted)
        return
    if found.partitions != wanted.partitions:
        yield TopicChange(topic, "by_hand", _about_partitions(topic, wanted, found))
    if found.replicas < wanted.replicas:
        yield TopicChange(topic, "by_hand", _about_replicas(topic, wanted, found))
    for name, value in wanted.configuration.items():
        present = found.configuration.get(name)
        if not _suffices(name, value, present, found.replicas):
            what = f"set {name} of {topic} from {present} to {value}"
            yield TopicChange(topic, "configure", what, name=name, value=value)


def _suffices(name: str, wanted: str, present: str | None, replicas: int) -> bool:
    """Return whether a value may stay: records may be kept longer than we ask for."""
    if name == RETENTION and present is not None:
        return int(present) == FOR_EVER or int(present) >= int(wanted)
    if name == IN_SYNC and int(wanted) > max(1, replicas - 1):
        return True  # It would stop the topic; its replicas are named already.
    return present == wanted


def _about_partitions(topic: str, wanted: TopicShape, found: TopicShape) -> str:
    return (
        f"{topic} has {found.partitions} partitions instead of {wanted.partitions}: it stays so. With "
        "another number new events of a ticket come to another partition than its old ones, and may overtake "
        "them. More partitions only serve more replicas of a service"
    )


def _about_replicas(topic: str, wanted: TopicShape, found: TopicShape) -> str:
    return (
        f"{topic} has {found.replicas} replicas instead of {wanted.replicas}: give it more with "
        "kafka-reassign-partitions.sh, then run this again"
    )
