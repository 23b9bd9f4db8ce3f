"""Kafka: reached, with all topics as they are to be, and with the rights of this service on each."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
)

from common.doctor.finding import Finding, ok, warning, wrong
from common.http import Service
from common.messaging import topic_admin
from common.messaging.access_rules import AccessRule, service_rules
from common.messaging.kafka import Kafka, with_timeout
from common.messaging.kafka_requests import DescribeTopicsWithRights
from common.messaging.reachability import describe_unreachable
from common.messaging.topics import needed_topics
from common.settings_kafka import KafkaSettings

ABOUT: Final = "kafka"
TIMEOUT_S: Final = 20.0
_COORDINATOR_INTERVAL_S: Final = 0.2
OPERATIONS: Final = {
    "Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Alter": 7, "Describe": 8,
    "ClusterAction": 9, "DescribeConfigs": 10, "AlterConfigs": 11,
}  # fmt: skip
"""Kafka's numbers of operations, which are the places of the bits in a set of rights."""
NOT_KNOWN: Final = -(2**31)
"""Where the broker has no authorizer, or does not tell."""


async def examine_kafka(service: Service, settings: KafkaSettings) -> list[Finding]:
    """Look at Kafka as the service will find it."""
    kafka = Kafka.from_settings(settings)
    try:
        return await with_timeout(TIMEOUT_S, _examine(service, kafka))
    except topic_admin.TopicRefused as error:
        return [wrong(ABOUT, f"the topic {error}: give the rights that `acls service` prints")]
    except (KafkaError, OSError, TimeoutError) as error:
        return [wrong(ABOUT, await describe_unreachable(kafka, error))]


async def _examine(service: Service, kafka: Kafka) -> list[Finding]:
    topics = needed_topics(service.name, service.handlers)
    changes = await topic_admin.plan(kafka, topics)
    missing = {change.topic for change in changes if change.kind == "create"}
    found = [wrong(ABOUT, f"to do: {change.what}") for change in changes if change.kind == "create"]
    found += [
        warning(ABOUT, f"to do: {change.what}") for change in changes if change.kind != "create"
    ]
    found = found or [ok(ABOUT, f"{len(topics)} topics are as they are to be")]
    present = sorted({kafka.topic(name) for name in topics} - missing)
    rules = service_rules(service.name, service.handlers, kafka.topic_prefix)
    async with topic_admin.admin_client(kafka) as admin:
        rights = await _read_rights(admin, present)
        group = await _about_group(admin, kafka.group(service.name))
    return [*found, *about_rights(rules, rights), group]


def about_rights(rules: Sequence[AccessRule], rights: Mapping[str, int]) -> Iterator[Finding]:
    """Compare the rights that a service needs with the sets of bits that Kafka told for its topics."""
    if not rights or NOT_KNOWN in rights.values():
        yield warning(
            ABOUT, "it does not tell our rights: it has no authorizer, and anybody may write"
        )
        return
    lacking = [
        f"{operation} on {rule.name}"
        for rule in rules
        if rule.name in rights
        for operation in rule.operations
        if not rights[rule.name] >> OPERATIONS[operation] & 1
    ]
    excess = [
        rule.name
        for rule in rules
        if rule.name in rights
        and "Write" not in rule.operations
        and rights[rule.name] >> OPERATIONS["Write"] & 1
    ]
    for right in lacking:
        yield wrong(ABOUT, f"the right to {right} is missing: give what `acls service` prints")
    if excess:
        yield warning(
            ABOUT,
            f"we may write topics of other services ({', '.join(excess)}): take that right away",
        )
    if not lacking and not excess:
        yield ok(ABOUT, "our rights on topics are those that we need")


async def _read_rights(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> dict[str, int]:
    answer: Any = await admin._send_request(DescribeTopicsWithRights(list(topics)))
    return {one[1]: one[4] for one in answer.topics if not one[0]}


async def _about_group(admin: AIOKafkaAdminClient, group: str) -> Finding:
    """Ask for the group's offsets; a broker that has just started has no coordinator for it yet: ask again."""
    while True:
        try:
            await admin.list_consumer_group_offsets(group)
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            await asyncio.sleep(_COORDINATOR_INTERVAL_S)
        except KafkaError as error:
            return wrong(
                ABOUT,
                f"the group {group} cannot be used ({type(error).__name__}): give the rights that `acls service` prints",
            )
        else:
            return ok(ABOUT, f"the group {group} can be used")
