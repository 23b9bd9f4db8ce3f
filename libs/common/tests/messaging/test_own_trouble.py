"""Our own trouble makes no dead letter, is said aloud, and ends by itself (a pool, a lock, a table)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any
from unittest import mock
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import exc, text

from common.events.envelope import ReceivedEvent
from common.messaging import batch_processor, limited_transaction
from common.messaging.batch_processor import BatchProcessor
from common.messaging.consumer import Consumer
from common.messaging.dlq_admin import list_dead_letters
from common.messaging.inbox import Handler, Inbox
from common.messaging.kafka import Kafka
from common.messaging.positions import Record
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

pytestmark = pytest.mark.thorough

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)

Hearing = Callable[[Handler], Consumer]


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_processor, "HANDLER_TIMEOUT_S", 2.0)
    monkeypatch.setattr(batch_processor, "LOCK_TIMEOUT_S", 0.8)
    monkeypatch.setattr(batch_processor, "SINGLE_LOCK_TIMEOUT_S", 0.4)
    monkeypatch.setattr(limited_transaction, "LOOK_INTERVAL_S", 0.2)
    monkeypatch.setattr(limited_transaction, "LATE_S", 0.1)


@pytest.fixture
def hearing(database: Database, kafka: Kafka, topic: str) -> Hearing:
    """A service that listens to this test's topic with this handler."""
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    return lambda handler: Consumer(database, kafka, f"test-{uuid7()}", {here: handler})


async def write(kafka: Kafka, topic: str, *records: Record) -> None:
    async with AIOKafkaProducer(**kafka.options()) as producer:
        for record in records:
            await producer.send_and_wait(
                topic, record.body, key=record.key, headers=list(record.headers)
            )


def retries() -> float:
    return float(metrics.CONSUMER_RETRIES._value.get())


async def codes(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return [letter.code for letter in await list_dead_letters(tx)]


def has_amounts(database: Database, account: UUID, *numbers: int) -> Callable[[], Awaitable[bool]]:
    async def has() -> bool:
        return await amounts(database, account) == list(numbers)

    return has


async def hold_connections(held: AsyncExitStack, database: Database, many: int) -> None:
    """Hold transactions open with a statement in each, as slow requests do."""
    for _ in range(many):
        tx = await held.enter_async_context(database.transaction())
        await tx.execute(text("SELECT 1"))


async def test_a_pool_that_is_used_up_makes_no_dead_letter(
    database: Database, kafka: Kafka, topic: str, hearing: Hearing
) -> None:
    consumer = hearing(on_paid)
    pool: Any = consumer.database.engine.pool
    pool._timeout = 0.2
    async with run_until_exit(consumer):
        await until(lambda: not consumer.is_behind())
        async with AsyncExitStack() as held:
            with pytest.raises(exc.TimeoutError):
                await hold_connections(held, consumer.database, 30)
            await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
            await until(lambda: "no free connection in the pool" in (consumer.trouble or ""))
            before = retries()
            await until(lambda: retries() > before + 2)
        await until(has_amounts(database, ONE, 1))
        await until(lambda: consumer.trouble is None)
    assert await codes(database) == []


async def test_a_locked_table_makes_no_dead_letter_and_the_blocker_is_named(
    database: Database, owner_url: str, kafka: Kafka, topic: str, hearing: Hearing
) -> None:
    consumer = hearing(on_paid)
    blocker = await asyncpg.connect(owner_url)
    async with run_until_exit(consumer):
        await until(lambda: not consumer.is_behind())
        locking = blocker.transaction()
        await locking.start()
        await blocker.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        await write(
            kafka, topic, record_of(paid_event(ONE, 1), 1), record_of(paid_event(TWO, 1), 1)
        )
        await until(lambda: "lock on accounts" in (consumer.trouble or ""))
        assert f"backend {blocker.get_server_pid()}" in (consumer.trouble or "")
        before = retries()
        await until(lambda: retries() > before + 2)
        assert "lock on accounts" in (consumer.trouble or "")
        await locking.rollback()
        await until(has_amounts(database, ONE, 1))
        await until(has_amounts(database, TWO, 1))
        await until(lambda: consumer.trouble is None)
    await blocker.close()
    assert await codes(database) == []


async def test_records_of_a_locked_row_wait_while_the_others_go_on(
    database: Database, owner_url: str, kafka: Kafka, topic: str, hearing: Hearing
) -> None:
    consumer = hearing(on_paid)
    blocker = await asyncpg.connect(owner_url)
    async with run_until_exit(consumer):
        await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
        await until(has_amounts(database, ONE, 1))
        locking = blocker.transaction()
        await locking.start()
        await blocker.execute("SELECT FROM accounts WHERE id = $1 FOR UPDATE", ONE)
        records = [record_of(paid_event(ONE, n), n) for n in (2, 3)]
        await write(kafka, topic, *records, record_of(paid_event(TWO, 1), 1))
        await until(has_amounts(database, TWO, 1))
        await until(lambda: "are tried again later" in (consumer.trouble or ""))
        assert f"backend {blocker.get_server_pid()}" in (consumer.trouble or "")
        await locking.rollback()
        await until(has_amounts(database, ONE, 1, 2, 3))
        await until(lambda: consumer.trouble is None)
    await blocker.close()
    assert await codes(database) == []


async def wait_in_python(tx: Connection) -> None:
    await asyncio.Event().wait()


async def sleep_in_the_database(tx: Connection) -> None:
    await tx.execute(text("SELECT pg_sleep(60)"))


async def compute_in_python(tx: Connection) -> None:
    ends = time.monotonic() + 2.5
    while time.monotonic() < ends:
        pass


@pytest.mark.parametrize("slowly", [wait_in_python, sleep_in_the_database, compute_in_python])
async def test_one_slow_record_goes_to_a_person_and_the_others_go_on(
    database: Database, slowly: Callable[[Connection], Awaitable[None]]
) -> None:
    async def slow_for_three(tx: Connection, events: Sequence[ReceivedEvent[Paid]]) -> None:
        if any(one.event.account == THREE for one in events):
            await slowly(tx)
        await on_paid(tx, events)

    accounts = [ONE, *(UUID(int=n) for n in range(10, 18)), TWO]
    records = [record_of(paid_event(account, 1), 1, offset=n) for n, account in enumerate(accounts)]
    slow = record_of(paid_event(THREE, 1), 1, offset=5)
    processor = BatchProcessor(database, Inbox("test", {Paid: slow_for_three}))
    await processor.process([*records[:5], slow, *records[5:]])
    assert [await amounts(database, account) for account in accounts] == [[1]] * 10
    assert await amounts(database, THREE) == []
    assert await codes(database) == ["too_slow"]


async def test_a_missing_table_is_no_fault_of_the_record(
    database: Database, owner_url: str, kafka: Kafka, topic: str, hearing: Hearing
) -> None:
    owner = await asyncpg.connect(owner_url)
    await owner.execute("ALTER TABLE accounts RENAME TO accounts_later")
    consumer = hearing(on_paid)
    async with run_until_exit(consumer):
        await write(kafka, topic, record_of(paid_event(ONE, 1), 1))
        await until(lambda: "UndefinedTableError 42P01" in (consumer.trouble or ""))
        await owner.execute("ALTER TABLE accounts_later RENAME TO accounts")
        await until(has_amounts(database, ONE, 1), seconds=30)
    await owner.close()
    assert await codes(database) == []


async def test_a_database_that_answers_no_look_is_no_fault_of_the_record(
    database: Database,
) -> None:
    """Slow and unexplained is our own trouble: only a look that finds it computing blames it."""
    processor = BatchProcessor(
        database, Inbox("test", {Paid: lambda tx, events: sleep_in_the_database(tx)})
    )
    away = mock.AsyncMock(side_effect=OSError("no route to host"))
    with mock.patch.object(database, "dedicated_connection", away), pytest.raises(TimeoutError):
        await processor.process([record_of(paid_event(ONE, 1), 1)])
    assert await codes(database) == []
