"""A sender restored from a backup tells sequences twice: seen, put aside, and decided by a person."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from common.events.envelope import Envelope, decode_envelope
from common.messaging.batch_processor import BatchProcessor
from common.messaging.classification import classify
from common.messaging.consumer import Consumer
from common.messaging.dlq_admin import list_dead_letters, replay, skip
from common.messaging.inbox import Handlers, Inbox
from common.messaging.kafka import Kafka
from common.messaging.parked_release import ParkedRelease
from common.messaging.positions import Record, SubjectPosition
from common.messaging.stopped_sources import stopped_sources
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from common.telemetry import metrics
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of
from opsdesk_testing.waiting import run_until_exit, until

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


class PaidElsewhere(Paid):
    source: ClassVar[str] = "test/other-bank"
    type: ClassVar[str] = "test.account.paid-elsewhere.v1"


HANDLERS: Handlers = {Paid: on_paid, PaidElsewhere: on_paid}


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture
def processor(database: Database) -> BatchProcessor:
    return BatchProcessor(database, Inbox("test", HANDLERS))


def sent_again(record: Record, event_id: UUID, *, offset: int = 100) -> Record:
    """The record as a restored sender tells it: its sequence again, with an id of its own."""
    envelope = decode_envelope(record.headers)
    again = Envelope(
        event_id, envelope.type, envelope.source, envelope.subject, envelope.sequence, None
    )
    return replace(record, headers=tuple(again.headers("2030-01-07T12:00:00Z")), offset=offset)


def made_at(ms: int) -> UUID:
    """An id as `uuid7` makes it at this moment."""
    return UUID(int=(ms << 80) | (7 << 76) | (2 << 62) | uuid4().int >> 68)


async def fork_of(database: Database) -> int:
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
    assert letter.code == "fork"
    return letter.id


async def stopped(database: Database) -> dict[str, str]:
    async with database.transaction() as tx:
        return await stopped_sources(tx)


async def test_a_sequence_told_twice_stops_its_source_and_no_other(
    database: Database, processor: BatchProcessor
) -> None:
    await processor.process([record_of(paid_event(ONE, n), n) for n in (1, 2)])
    elsewhere = PaidElsewhere(at=paid_event(THREE, 1).at, account=THREE, amount=1)
    await processor.process(
        [
            sent_again(record_of(paid_event(ONE, 20), 2), uuid4()),
            record_of(paid_event(ONE, 3), 3, offset=101),
            record_of(paid_event(TWO, 1), 1, offset=102),
            record_of(elsewhere, 1),
        ]
    )
    assert await amounts(database, ONE) == [1, 2]
    assert await amounts(database, TWO) == []
    assert await amounts(database, THREE) == [1]
    assert await stopped(database) == {"test/bank": f"account/{ONE} number 2"}
    await processor.process([record_of(paid_event(TWO, 2), 2, offset=103)])
    await ParkedRelease(processor).release()
    assert await amounts(database, TWO) == []


@pytest.mark.parametrize(("decision", "expected"), [("skip", [1, 2, 3]), ("replay", [1, 2, 20, 3])])
async def test_a_decision_about_the_fork_lets_its_source_go_on(
    database: Database, processor: BatchProcessor, decision: str, expected: list[int]
) -> None:
    await processor.process([record_of(paid_event(ONE, n), n) for n in (1, 2)])
    fork = sent_again(record_of(paid_event(ONE, 20), 2), uuid4())
    await processor.process([fork, record_of(paid_event(ONE, 3), 3, offset=101)])
    letter = await fork_of(database)
    if decision == "replay":
        await replay(database, "test", HANDLERS, [letter])
    else:
        async with database.transaction() as tx:
            await skip(tx, letter, "the restored sender told it in error")
    assert await stopped(database) == {}
    processor.inbox.stopped_sources = frozenset()  # as the running consumer learns within a second
    await ParkedRelease(processor).release()
    assert await amounts(database, ONE) == expected


async def test_a_fork_that_was_decided_does_not_stop_its_source_again(
    database: Database, processor: BatchProcessor
) -> None:
    await processor.process([record_of(paid_event(ONE, n), n) for n in (1, 2)])
    fork = sent_again(record_of(paid_event(ONE, 20), 2), uuid4())
    await processor.process([fork])
    letter = await fork_of(database)
    async with database.transaction() as tx:
        await skip(tx, letter, "told in error")
    processor.inbox.stopped_sources = frozenset()
    await processor.process([fork])
    assert await stopped(database) == {}
    assert processor.inbox.stopped_sources == frozenset()


async def test_a_skipped_dead_letter_that_comes_again_is_no_fork(
    database: Database, processor: BatchProcessor
) -> None:
    broken = replace(record_of(paid_event(ONE, 2), 2), body=b"{}")
    await processor.process([record_of(paid_event(ONE, 1), 1), broken])
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
        await skip(tx, letter.id, "sent by mistake")
    await processor.process([broken, record_of(paid_event(ONE, 3), 3)])
    assert await amounts(database, ONE) == [1, 3]
    assert await stopped(database) == {}


async def test_rows_of_before_know_no_id_and_find_no_fork(
    database: Database, processor: BatchProcessor
) -> None:
    await processor.process([record_of(paid_event(ONE, 1), 1)])
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE inbox SET event_id = NULL"))
    await processor.process([sent_again(record_of(paid_event(ONE, 1), 1), uuid4())])
    assert await stopped(database) == {}


HOUR_MS = 3_600_000
NOON_MS = 1_900_000_000_000


@pytest.mark.parametrize(
    ("sequence", "made_ms", "found"),
    [
        (5, NOON_MS + HOUR_MS, "fork"),  # the last one again, with another id
        (5, NOON_MS - HOUR_MS, "fork"),
        (3, NOON_MS + HOUR_MS, "fork"),  # an older one, told after the last one
        (3, NOON_MS - HOUR_MS, "old"),  # an older one, sent twice
        (3, NOON_MS + 60_000, "old"),  # clocks of replicas differ
        (6, NOON_MS + HOUR_MS, "next"),
    ],
)
def test_an_older_sequence_is_a_fork_when_its_id_is_younger(
    sequence: int, made_ms: int, found: str
) -> None:
    position = SubjectPosition(5, 5, None, None, made_at(NOON_MS))
    assert classify(position, sequence, False, made_at(made_ms)) == found


async def test_the_same_event_on_two_topics_is_a_duplicate(
    database: Database, processor: BatchProcessor
) -> None:
    """The topics of one audience carry the event of the main topic, with its id."""
    record = record_of(paid_event(ONE, 1), 1)
    await processor.process([record])
    await processor.process([replace(record, topic="opsdesk.escalations.dm", offset=7)])
    assert await amounts(database, ONE) == [1]
    assert await stopped(database) == {}


async def test_forks_do_not_count_as_dead_letters_in_a_row(
    database: Database, processor: BatchProcessor
) -> None:
    """Twenty of them would halt the whole consumer, other sources with it."""

    async def apply(tx: Connection, events: Sequence[Any]) -> None:
        await on_paid(tx, events)

    accounts = [UUID(int=n) for n in range(1, 26)]
    await processor.process([record_of(paid_event(account, 1), 1) for account in accounts])
    await processor.process(
        [
            sent_again(record_of(paid_event(account, 2), 1), uuid4(), offset=100 + n)
            for n, account in enumerate(accounts)
        ]
    )
    async with database.transaction() as tx:
        assert len(await list_dead_letters(tx)) == 25


async def test_a_running_consumer_says_that_a_source_is_stopped_and_goes_on_after_the_decision(
    database: Database, kafka: Kafka, topic: str
) -> None:
    here = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
    consumer = Consumer(database, kafka, f"test-{uuid7()}", {here: on_paid})
    first, second, third = (record_of(paid_event(ONE, n), n) for n in (1, 2, 3))
    async with AIOKafkaProducer(**kafka.options()) as producer, run_until_exit(consumer):
        for record in (first, second, sent_again(second, uuid4()), third):
            headers = list(record.headers)
            await producer.send_and_wait(topic, record.body, key=record.key, headers=headers)
        await until(lambda: f"account/{ONE} number 2 twice" in (consumer.trouble or ""))
        assert metrics.CONSUMER_STOPPED_SOURCES._value.get() == 1
        assert await amounts(database, ONE) == [1, 2]
        letter = await fork_of(database)
        async with database.transaction() as tx:
            await skip(tx, letter, "told in error")

        async def has_gone_on() -> bool:
            return await amounts(database, ONE) == [1, 2, 3]

        await until(has_gone_on)
        await until(lambda: consumer.trouble is None)
