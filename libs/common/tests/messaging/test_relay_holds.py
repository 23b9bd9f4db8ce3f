"""A missing topic or a sick partition holds its own events: all others go on at full speed."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError
from sqlalchemy import text

from common.messaging.kafka import Kafka
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.publisher import Publisher
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_testing.ledger import paid_event
from opsdesk_testing.waiting import run_until_exit, until

pytestmark = pytest.mark.thorough

ReadAll = Callable[[Kafka, str], Awaitable[list[dict[str, str]]]]


async def write(database: Database, topic: str, accounts: Sequence[int], sequence: int = 1) -> None:
    """One event for each account, in one commit."""
    async with database.transaction() as tx:
        events = [paid_event(UUID(int=account), sequence) for account in accounts]
        await publish(tx, *(OutboxEvent(event, sequence, topic=topic) for event in events))


async def unsent(database: Database, topic: str) -> int:
    async with database.transaction() as tx:
        query = text("SELECT count(*) FROM outbox WHERE topic = :topic")
        return int(await tx.scalar(query, {"topic": topic}) or 0)


def left(database: Database, topic: str, rows: int) -> Callable[[], Awaitable[bool]]:
    async def is_left() -> bool:
        return await unsent(database, topic) == rows

    return is_left


def all_sent(database: Database, topic: str) -> Callable[[], Awaitable[bool]]:
    return left(database, topic, 0)


async def create_topic(kafka: Kafka, name: str) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=3, replication_factor=1)])
    await admin.close()


async def delete_topic(kafka: Kafka, name: str) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    await admin.delete_topics([name])
    await admin.close()


def held_since(topic: str, partition: str) -> float:
    return float(metrics.RELAY_HELD_SINCE.labels(topic, partition)._value.get())


def sequences(records: Sequence[dict[str, str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for headers in records:
        found[headers["ce_subject"]].append(int(headers["ce_sequence"]))
    return found


class SickPartition:
    """Kafka as seen through a partition that has no leader: its sends fail, or have no answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, topic: str, number: int) -> None:
        self.topic, self.number = topic, number
        self.is_sick = True
        self.hangs = False
        self.tries = 0
        self._send = Publisher._send_batch
        monkeypatch.setattr(Publisher, "_send_batch", self._intercept())

    def _intercept(self) -> Callable[..., Awaitable[None]]:
        async def send_batch(publisher: Publisher, batch: Any, to: Any) -> None:
            if self.is_sick and (to.topic, to.partition) == (self.topic, self.number):
                self.tries += 1
                if self.hangs:
                    await asyncio.Event().wait()
                raise LeaderNotAvailableError
            await self._send(publisher, batch, to)

        return send_batch


async def partitions_of(kafka: Kafka, topic: str, accounts: Sequence[int]) -> dict[int, list[int]]:
    """The accounts in each partition."""
    publisher = Publisher(kafka)
    await publisher.start()
    await publisher.look_up([topic])
    found: dict[int, list[int]] = defaultdict(list)
    for account in accounts:
        found[publisher.partition_of(topic, str(UUID(int=account)))].append(account)
    await publisher.discard()
    return found


async def test_2500_events_for_a_missing_topic_hide_no_others_and_follow_when_it_is_made(
    database: Database, kafka: Kafka, topic: str, read_all: ReadAll
) -> None:
    missing = f"missing.{uuid7()}"
    await write(database, missing, range(2500))
    await write(database, missing, range(2500), sequence=2)
    await write(database, topic, range(10))
    relay = Relay(database, kafka)
    async with run_until_exit(relay):
        await until(all_sent(database, topic), seconds=10)
        await until(lambda: relay.trouble is not None and missing in relay.trouble)
        assert relay.trouble is not None
        assert "whole topic) since 20" in relay.trouble
        assert held_since(missing, "all") > 0
        await write(database, topic, range(10), sequence=2)
        await until(all_sent(database, topic), seconds=3)
        assert await unsent(database, missing) == 5000
        await create_topic(kafka, missing)
        await until(all_sent(database, missing), seconds=60)
        await until(lambda: relay.trouble is None)
    found = sequences(await read_all(kafka, missing))
    assert len(found) == 2500
    assert {tuple(one) for one in found.values()} == {(1, 2)}
    await delete_topic(kafka, missing)


@pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "hangs"])
async def test_a_partition_without_leader_holds_only_itself(
    database: Database,
    kafka: Kafka,
    topic: str,
    read_all: ReadAll,
    monkeypatch: pytest.MonkeyPatch,
    hangs: bool,
) -> None:
    """2,500 waiting events of one partition, and the others go on; order and number stay."""
    accounts = range(7500)
    partitions = await partitions_of(kafka, topic, accounts)
    sick = SickPartition(monkeypatch, topic, 1)
    sick.hangs = hangs
    waiting, others = partitions[1], [*partitions[0], *partitions[2]]
    assert len(waiting) > 2400
    await write(database, topic, waiting)
    await write(database, topic, others)
    relay = Relay(database, kafka)

    async with run_until_exit(relay):
        await until(left(database, topic, len(waiting)), seconds=8)
        await write(database, topic, accounts, sequence=2)
        await until(left(database, topic, 2 * len(waiting)), seconds=8)
        await until(lambda: bool(relay.trouble and f"{topic} partition 1 since" in relay.trouble))
        assert held_since(topic, "1") > 0
        sick.is_sick = False
        await until(all_sent(database, topic), seconds=60)
        await until(lambda: relay.trouble is None)
    found = sequences(await read_all(kafka, topic))
    assert len(found) == len(accounts)
    assert {tuple(one) for one in found.values()} == {(1, 2)}, "each once, in order"


async def test_a_held_partition_is_tried_less_often_with_time(
    database: Database, kafka: Kafka, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    partitions = await partitions_of(kafka, topic, range(20))
    sick = SickPartition(monkeypatch, topic, 1)
    await write(database, topic, partitions[1])
    async with run_until_exit(Relay(database, kafka)):
        await until(lambda: sick.tries >= 2)
        tries, started = sick.tries, asyncio.get_running_loop().time()
        await until(lambda: sick.tries >= tries + 2)
        assert asyncio.get_running_loop().time() - started >= 2


async def test_a_producer_whose_send_failed_is_used_no_more(
    database: Database, kafka: Kafka, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sequence may be broken; the other partitions go on with a new one."""
    partitions = await partitions_of(kafka, topic, range(20))
    used: list[Publisher] = []
    SickPartition(monkeypatch, topic, 1)
    send = Publisher._send_batch

    async def send_batch(publisher: Publisher, batch: Any, to: Any) -> None:
        used.append(publisher)
        await send(publisher, batch, to)

    monkeypatch.setattr(Publisher, "_send_batch", send_batch)
    async with run_until_exit(Relay(database, kafka)):
        await write(database, topic, partitions[1])
        await until(lambda: len(used) == 1)
        await write(database, topic, partitions[2])
        await until(left(database, topic, len(partitions[1])))
    assert used[0] not in used[1:]


async def test_another_leader_takes_over_what_is_held(
    database: Database, kafka: Kafka, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marks outlive the leader: nothing that it held is forgotten."""
    partitions = await partitions_of(kafka, topic, range(20))
    sick = SickPartition(monkeypatch, topic, 1)
    await write(database, topic, partitions[1])
    first = Relay(database, kafka)
    async with run_until_exit(first):
        await until(lambda: bool(first.trouble and "partition 1" in first.trouble))
    async with database.transaction() as tx:
        marks = (await tx.execute(text("SELECT DISTINCT held_by, problem FROM outbox"))).all()
    assert [tuple(mark) for mark in marks] == [("partition 1", "LeaderNotAvailableError")]
    sick.is_sick = False
    async with run_until_exit(Relay(database, kafka)):
        await until(all_sent(database, topic))


async def test_a_topic_that_is_deleted_under_the_relay_holds_only_itself(
    database: Database, kafka: Kafka, topic: str, read_all: ReadAll
) -> None:
    """A real broker, and a producer that knew the topic."""
    deleted = f"deleted.{uuid7()}"
    await create_topic(kafka, deleted)
    relay = Relay(database, kafka)
    async with run_until_exit(relay):
        await write(database, deleted, range(10))
        await until(all_sent(database, deleted))
        await delete_topic(kafka, deleted)
        await write(database, deleted, range(10), sequence=2)
        for sequence in (1, 2, 3):
            await write(database, topic, range(10), sequence)
            await until(all_sent(database, topic), seconds=5)
        await until(lambda: bool(relay.trouble and deleted in relay.trouble), seconds=40)
        await write(database, topic, range(10), sequence=4)
        await until(all_sent(database, topic), seconds=5)
        await create_topic(kafka, deleted)
        await until(all_sent(database, deleted), seconds=60)
    found = sequences(await read_all(kafka, deleted))
    assert {tuple(one) for one in found.values()} == {(2,)}
    assert len(found) == 10
    await delete_topic(kafka, deleted)
