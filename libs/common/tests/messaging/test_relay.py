"""Every committed event reaches Kafka, in its subject's order, and Kafka's troubles stay Kafka's."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import text

from common.messaging.kafka import Kafka
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.outbox_queue import OutboxQueue
from common.messaging.relay import Relay
from common.persistence.database import Connection, Database
from common.telemetry import metrics
from opsdesk_testing.ledger import make_tables, paid_event
from opsdesk_testing.waiting import run_until_exit, until

WRITERS, EACH, ACCOUNTS = 8, 60, 5


async def pay(database: Database, topic: str, account: int, amount: int) -> None:
    """One honest writer: lock the aggregate, bump its sequence, announce, commit."""
    async with database.transaction() as tx:
        await pay_within(tx, topic, account, amount)


async def pay_within(tx: Connection, topic: str, account: int, amount: int) -> None:
    sequence = await tx.scalar(
        text("UPDATE accounts SET sequence = sequence + 1 WHERE id = :id RETURNING sequence"),
        {"id": UUID(int=account)},
    )
    outbox_event = OutboxEvent(paid_event(UUID(int=account), amount), sequence, topic=topic)
    await publish(tx, outbox_event)


async def unsent(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM outbox")) or 0)


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)
    async with database.transaction() as tx:
        for account in range(ACCOUNTS):
            await tx.execute(
                text("INSERT INTO accounts (id) VALUES (:id)"), {"id": UUID(int=account)}
            )


async def test_eight_writers_and_two_relays_lose_nothing_and_keep_the_order(
    database: Database,
    kafka: Kafka,
    topic: str,
    read_all: Callable[[Kafka, str], Awaitable[list[dict[str, str]]]],
) -> None:
    """The gate: ids commit out of order; nobody may ask for "later than the last id"."""
    first, second = Relay(database, kafka), Relay(database, kafka)

    async def write(writer: int) -> None:
        for n in range(EACH):
            await pay(database, topic, (writer + n) % ACCOUNTS, n)

    async with run_until_exit(first, second):
        await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
        await until(lambda: _none_left(database))
        assert [first.is_leader, second.is_leader].count(True) == 1
    sequences: dict[str, list[int]] = defaultdict(list)
    for headers in await read_all(kafka, topic):
        sequences[headers["ce_subject"]].append(int(headers["ce_sequence"]))
    assert sequences == {
        f"account/{UUID(int=account)}": list(range(1, WRITERS * EACH // ACCOUNTS + 1))
        for account in range(ACCOUNTS)
    }


async def test_what_commits_between_the_read_and_the_deletion_is_sent_as_well(
    database: Database,
    kafka: Kafka,
    topic: str,
    read_all: Callable[[Kafka, str], Awaitable[list[dict[str, str]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its id is smaller than those that were read: a range up to these would take it along unsent."""
    written, may_commit, committed = asyncio.Event(), asyncio.Event(), asyncio.Event()
    delete = OutboxQueue.delete

    async def write_slowly() -> None:
        async with database.transaction() as tx:
            await pay_within(tx, topic, 1, 1)
            written.set()
            await may_commit.wait()
        committed.set()

    async def delete_after_it(queue: OutboxQueue, ids: Sequence[int], held_by: Any) -> None:
        may_commit.set()
        await committed.wait()
        await delete(queue, ids, held_by)

    monkeypatch.setattr(OutboxQueue, "delete", delete_after_it)
    slow = asyncio.create_task(write_slowly())
    await written.wait()
    await pay(database, topic, 2, 1)
    async with run_until_exit(Relay(database, kafka)):
        await slow
        await until(lambda: _none_left(database))
    sent = {headers["ce_subject"] for headers in await read_all(kafka, topic)}
    assert sent == {f"account/{UUID(int=account)}" for account in (1, 2)}


async def test_a_standby_takes_over_within_two_seconds_when_the_leader_dies(
    database: Database, kafka: Kafka, topic: str
) -> None:
    first, second = Relay(database, kafka), Relay(database, kafka)
    async with run_until_exit(first, second) as tasks:
        await until(lambda: first.is_leader or second.is_leader)
        leader, standby = (0, second) if first.is_leader else (1, first)
        tasks[leader].cancel()
        await until(lambda: standby.is_leader, seconds=2)
        await pay(database, topic, 1, 1)
        await until(lambda: _none_left(database))


async def test_a_leader_whose_connection_dies_leads_no_more(
    database: Database, kafka: Kafka, topic: str, owner_url: str
) -> None:
    relay = Relay(database, kafka)
    async with run_until_exit(relay):
        await until(lambda: relay.is_leader)
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity"
                    " USING (pid) WHERE locktype = 'advisory' AND datname = current_database()"
                )
            )
        await pay(database, topic, 1, 1)
        # A new connection, a new lead and a new producer: each may take seconds on a busy machine.
        await until(lambda: _none_left(database), seconds=60)


@pytest.mark.parametrize("lost", [asyncpg.InternalClientError(), asyncpg.InterfaceError("closed")])
async def test_a_connection_that_dies_between_two_statements_is_opened_again(
    database: Database, kafka: Kafka, topic: str, lost: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg says InternalClientError where the server's farewell came before the closed socket."""
    fetch_destinations = OutboxQueue.fetch_destinations
    losses = [lost]

    async def lose_once(queue: OutboxQueue) -> Any:
        if losses:
            raise losses.pop()
        return await fetch_destinations(queue)

    monkeypatch.setattr(OutboxQueue, "fetch_destinations", lose_once)
    async with run_until_exit(Relay(database, kafka)):
        await pay(database, topic, 1, 1)
        await until(lambda: _none_left(database))
    assert not losses


async def test_an_event_that_kafka_refuses_holds_its_own_key_alone(
    database: Database, kafka: Kafka, topic: str
) -> None:
    huge = paid_event(UUID(int=1), 10**1_100_000)
    async with database.transaction() as tx:
        await publish(tx, OutboxEvent(huge, 1, topic=topic))
    relay = Relay(database, kafka)
    async with run_until_exit(relay):
        await pay(database, topic, 1, 2)
        await pay(database, topic, 2, 3)
        await until(lambda: _left(database, 2))
    async with database.transaction() as tx:
        rows = (await tx.execute(text("SELECT subject, problem FROM outbox ORDER BY id"))).all()
    assert [row.subject for row in rows] == [f"account/{UUID(int=1)}"] * 2
    assert rows[0].problem is not None


async def test_kafka_down_stops_no_writer_and_everything_is_sent_later(
    database: Database, kafka: Kafka, topic: str
) -> None:
    nobody = Relay(database, Kafka("127.0.0.1:1"))
    async with run_until_exit(nobody):
        await until(lambda: nobody.is_leader)
        await pay(database, topic, 1, 1)
        await until(lambda: nobody.trouble is not None and "Kafka" in nobody.trouble)
        assert metrics.RELAY_KAFKA_AWAY._value.get() == 1
        assert await unsent(database) == 1
    async with run_until_exit(Relay(database, kafka)):
        await until(lambda: _none_left(database))
        assert metrics.RELAY_KAFKA_AWAY._value.get() == 0


async def test_what_is_rolled_back_is_never_published(
    database: Database, kafka: Kafka, topic: str
) -> None:
    async def change_my_mind() -> None:
        async with database.transaction() as tx:
            await publish(tx, OutboxEvent(paid_event(UUID(int=1), 1), 1, topic=topic))
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    assert await unsent(database) == 0


async def test_the_record_key_lands_where_any_kafka_client_would_put_it(
    database: Database, kafka: Kafka, topic: str
) -> None:
    from aiokafka import AIOKafkaProducer

    async with run_until_exit(Relay(database, kafka)):
        await pay(database, topic, 3, 1)
        await until(lambda: _none_left(database))
    producer = AIOKafkaProducer(**kafka.options())
    await producer.start()
    usual = await producer.send_and_wait(topic, b"{}", key=str(UUID(int=3)).encode())
    await producer.stop()
    consumer = AIOKafkaConsumer(**kafka.options())
    await consumer.start()
    ends = await consumer.end_offsets([TopicPartition(topic, usual.partition)])
    await consumer.stop()
    assert set(ends.values()) == {2}


async def _none_left(database: Database) -> bool:
    return await unsent(database) == 0


async def _left(database: Database, rows: int) -> bool:
    return await unsent(database) == rows


async def test_the_lead_of_a_machine_that_is_gone_is_free_within_seconds(
    database: Database,
) -> None:
    """A killed process is noticed at once; a lost machine only by keep-alives."""
    connection = await database.dedicated_connection()
    idle = await connection.fetchval("SHOW tcp_keepalives_idle")
    every = await connection.fetchval("SHOW tcp_keepalives_interval")
    count = await connection.fetchval("SHOW tcp_keepalives_count")
    await connection.close()
    assert int(idle) + int(every) * int(count) <= 15
    assert int(idle) > 0
