"""Whose Kafka group this is: a group, and the topics it reads, belong to one database.

Two databases in one group would divide the events among them, and each would lose half of them, with
a lag of 0. So every database has a random id, the *deployment*, and

- every committed offset carries it as its metadata: a service refuses a group whose offsets carry
  another one, whenever that was;
- the name of the group's assignor contains it: Kafka refuses a member whose assignor the others do
  not have, so that of two services that start at the same instant one gets the group.

A restored database keeps its id. To hand the group to another database, delete the group.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import (
    CommitFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    UnknownMemberIdError,
)
from aiokafka.structs import OffsetAndMetadata
from sqlalchemy import text

from common.messaging.kafka import Kafka, with_timeout
from common.persistence.database import Database
from common.settings import DEFAULT_TOPIC_PREFIX
from common.telemetry import logger

log = logger(__name__)

TIMEOUT_S = 5.0
RETRY_INTERVAL_S = 1.0
"""Seconds between tries while Kafka or the database does not answer."""
RENEWAL_INTERVAL_S = 60 * 60.0
_SETTLING_S = 0.5
"""Seconds after a claim within which another one that was made at the same time has arrived."""
_COORDINATOR_INTERVAL_S = 0.2
_MARK = "deployment "


class ForeignDeploymentError(Exception):
    """The group belongs to another database. Says so in a sentence for ops."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The identity of a database among those that might use the same Kafka."""

    id: str

    @property
    def metadata(self) -> str:
        """What a committed offset carries."""
        return f"{_MARK}{self.id}"

    @property
    def assignor(self) -> type[AbstractPartitionAssignor]:
        """Kafka's round robin, under a name that only services on this database have."""
        name = f"roundrobin-{hashlib.sha256(self.id.encode()).hexdigest()[:16]}"
        return type("DeploymentAssignor", (RoundRobinPartitionAssignor,), {"name": name})

    def stamp(
        self, offsets: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return the offsets as they are committed."""
        return {tp: OffsetAndMetadata(offset, self.metadata) for tp, offset in offsets.items()}


async def read_deployment(database: Database) -> Deployment:
    """Read the identity of the service's database."""
    async with database.transaction() as tx:
        return Deployment(str(await tx.scalar(text("SELECT id FROM deployment"))))


async def verify_deployment(
    database: Database, kafka: Kafka, service: str, topics: Sequence[str]
) -> Deployment:
    """Check that the service's group is this database's, or nobody's; then it becomes this one's.

    `topics` are those that the group reads, as Kafka names them. A service that reads none has a
    group all the same: it stands on the service's own topic of dead letters. Raises ForeignDeploymentError;
    KafkaError and TimeoutError where Kafka does not answer.
    """
    deployment = await read_deployment(database)
    marked = topics or [kafka.topic(f"{DEFAULT_TOPIC_PREFIX}.dead-letters.{service}")]
    group = await _read_own_group(kafka, kafka.group(service), marked, deployment)
    # Kafka forgets the offsets of a group without members after a week, so that one commits again.
    if group.partitions and not (group.stamps and topics):
        await with_timeout(TIMEOUT_S, _claim(kafka, group, deployment))
    if not group.stamps:
        # Nobody joins a group without topics: of two that claim it at once, the last one has it.
        await asyncio.sleep(_SETTLING_S)
        await _read_own_group(kafka, kafka.group(service), marked, deployment)
    return deployment


async def _read_own_group(
    kafka: Kafka, name: str, topics: Sequence[str], deployment: Deployment
) -> "_Group":
    """Read a group. Raises ForeignDeploymentError where it is another database's."""
    group = await with_timeout(TIMEOUT_S, _read_group(kafka, name, topics))
    if foreign := group.stamps - {deployment.metadata}:
        raise ForeignDeploymentError(_describe(kafka, name, deployment, min(foreign)))
    return group


async def verify_forever(check: Callable[[], Awaitable[object]]) -> None:
    """Check again every hour: this also keeps Kafka from forgetting a group without members."""
    while True:
        await asyncio.sleep(RENEWAL_INTERVAL_S)
        try:
            await check()
        except Exception as error:  # noqa: BLE001 - logged; it is tried again
            log.error("deployment.unverified", reason=str(error) or type(error).__name__)


async def wait_until_verified(
    check: Callable[[], Awaitable[object]], report: Callable[[str], None]
) -> None:
    """Try `check` until it raises nothing; `report` gets why it does, in a sentence."""
    while True:
        try:
            await check()
        except Exception as error:  # noqa: BLE001 - reported; whatever it is, nothing may be sent yet
            report(str(error) or type(error).__name__)
            await asyncio.sleep(RETRY_INTERVAL_S)
        else:
            return


@dataclass(frozen=True, slots=True)
class _Group:
    """A consumer group: the partitions of its topics, and what is committed of them."""

    name: str
    partitions: list[TopicPartition]
    committed: dict[TopicPartition, OffsetAndMetadata]

    @property
    def stamps(self) -> set[str]:
        """The identities that the committed offsets carry."""
        metadata = {one.metadata for one in self.committed.values()}
        return {one for one in metadata if one.startswith(_MARK)}


async def _read_group(kafka: Kafka, name: str, topics: Sequence[str]) -> _Group:
    """Read a group; a broker that has just started has no coordinator for it yet: ask again."""
    while True:
        try:
            return await _try_read_group(kafka, name, topics)
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError) as error:
            log.info("deployment.group_awaited", group=name, error=type(error).__name__)
            await asyncio.sleep(_COORDINATOR_INTERVAL_S)


async def _try_read_group(kafka: Kafka, name: str, topics: Sequence[str]) -> _Group:
    admin = AIOKafkaAdminClient(**kafka.options())
    try:
        await admin.start()
        committed = await admin.list_consumer_group_offsets(name)
        described = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    partitions = [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]
    return _Group(name, partitions, committed)


async def _claim(kafka: Kafka, group: _Group, deployment: Deployment) -> None:
    """Commit where a new group begins, so that it is this database's before its first event.

    A group that has members by now is left alone: they are of this database, or will refuse us.
    """
    client = AIOKafkaConsumer(**kafka.options(), group_id=group.name, enable_auto_commit=False)
    try:
        await client.start()
        client.assign(group.partitions)
        offsets = await client.beginning_offsets(group.partitions)
        offsets |= {tp: group.committed[tp].offset for tp in offsets if tp in group.committed}
        await client.commit(deployment.stamp(offsets))
    except (CommitFailedError, UnknownMemberIdError) as error:
        log.info("deployment.group_in_use", group=group.name, error=type(error).__name__)
    finally:
        await client.stop()


def _describe(kafka: Kafka, group: str, deployment: Deployment, foreign: str) -> str:
    return (
        f"the Kafka group {group} at {kafka.servers} belongs to another database "
        f"({foreign}; this one is {deployment.metadata}): give this installation an "
        "OPSDESK_TOPIC_PREFIX of its own, or, if this database replaces the other one for good, "
        f"delete the group first (kafka-consumer-groups.sh --delete --group {group})"
    )
