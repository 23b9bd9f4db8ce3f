"""A record is believed only from the owner of its topic, and only there."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events import EVENTS
from common.events.envelope import Envelope, decode_envelope
from common.messaging.batch_processor import MAX_CONSECUTIVE_DEAD_LETTERS, BatchProcessor
from common.messaging.dlq_admin import UnknownDeadLetter, list_dead_letters, replay, skip
from common.messaging.inbox import Handlers, Inbox
from common.messaging.origins import Origins
from common.messaging.positions import Record
from common.persistence.database import Database
from common.telemetry import metrics
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of

ONE = UUID(int=1)
HANDLERS: Handlers = {Paid: on_paid}


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


@pytest.fixture
def processor(database: Database) -> BatchProcessor:
    return BatchProcessor(database, Inbox("test", HANDLERS))


def forged(record: Record, **changes: str) -> Record:
    """The record with other attributes in its headers."""
    envelope = decode_envelope(record.headers)
    wrong = Envelope(
        envelope.id,
        changes.get("type", envelope.type),
        changes.get("source", envelope.source),
        changes.get("subject", envelope.subject),
        envelope.sequence,
        None,
    )
    return replace(record, headers=tuple(wrong.headers("2030-01-07T12:00:00Z")))


FORGERIES = {
    "another source": lambda record: forged(record, source="opsdesk/escalation"),
    "the right source on another topic": lambda record: replace(record, topic="opsdesk.clocks"),
    "another source with a type of no handler": lambda record: forged(
        record, source="opsdesk/escalation", type="opsdesk.unheard.v1"
    ),
    "control characters": lambda record: forged(record, source="test/bank\x1b[2J\u202e"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_what_the_owner_does_not_send_has_no_effect_and_stops_nobody(
    database: Database, processor: BatchProcessor, forge: Any
) -> None:
    strange = forge(record_of(paid_event(ONE, 999), 1, offset=7))
    await processor.process([strange, record_of(paid_event(ONE, 5), 1)])
    assert await amounts(database, ONE) == [5]
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
        known = (await tx.execute(text("SELECT source, subject, dead_at FROM inbox"))).all()
    assert letter.code == "wrong_source"
    assert letter.reason.isprintable()
    assert [tuple(row) for row in known] == [("test/bank", f"account/{ONE}", None)]


async def test_it_is_reported_as_a_security_event(
    processor: BatchProcessor, security_lines: list[dict[str, Any]]
) -> None:
    counter = metrics.SECURITY_EVENTS.labels("record_refused", "wrong_source")
    before = counter._value.get()
    await processor.process([forged(record_of(paid_event(ONE, 1), 1), source="opsdesk/sla")])
    (line,) = security_lines
    assert (line["event"], line["reason"], line["topic"]) == (
        "security.record_refused",
        "wrong_source",
        "opsdesk.tickets",
    )
    assert counter._value.get() == before + 1


async def test_the_counter_is_there_before_the_first_one(processor: BatchProcessor) -> None:
    """Prometheus sees no increase in a series that begins with 1: the first forged record would wake nobody."""
    [counter] = metrics.SECURITY_EVENTS.collect()
    assert {"kind": "record_refused", "reason": "wrong_source"} in [
        sample.labels for sample in counter.samples
    ]


async def test_many_of_them_do_not_stop_the_consumer(
    database: Database, processor: BatchProcessor
) -> None:
    strange = [
        forged(record_of(paid_event(UUID(int=n), 1), 1, offset=n), source="opsdesk/sla")
        for n in range(1, 2 * MAX_CONSECUTIVE_DEAD_LETTERS)
    ]
    await processor.process(strange)
    await processor.process([record_of(paid_event(ONE, 5), 1, offset=900)])
    assert await amounts(database, ONE) == [5]


async def test_neither_replay_nor_skip_lets_it_move_its_subject(
    database: Database, processor: BatchProcessor
) -> None:
    await processor.process([forged(record_of(paid_event(ONE, 999), 4), source="opsdesk/sla")])
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
    with pytest.raises(UnknownDeadLetter, match="still cannot be applied"):
        await replay(database, "test", HANDLERS, [letter.id])
    async with database.transaction() as tx:
        await skip(tx, letter.id, "nobody of ours wrote it")
    await processor.process([record_of(paid_event(ONE, 5), 1, offset=9)])
    assert await amounts(database, ONE) == [5]


@pytest.mark.parametrize("prefix", ["opsdesk", "acme.opsdesk"])
def test_every_event_is_bound_to_its_topic_and_source(prefix: str) -> None:
    """All types of the catalogue, on the topics of all of them, from the sources of all of them."""
    events = EVENTS.values()
    origins = Origins(events, lambda topic: topic.replace("opsdesk", prefix, 1))
    topics = {event.topic for event in events}
    sources = {event.source for event in events}
    for event in events:
        accepted = {
            (topic, source)
            for topic in topics
            for source in sources
            if origins.fault(
                topic.replace("opsdesk", prefix, 1),
                Envelope(UUID(int=1), event.type, source, "any/thing", 1, None),
            )
            is None
        }
        assert accepted == {(event.topic, event.source)}, event.type


def test_a_topic_has_one_owner() -> None:
    owners: dict[str, set[str]] = {}
    for event in EVENTS.values():
        owners.setdefault(event.topic, set()).add(event.source)
    assert {topic: names for topic, names in owners.items() if len(names) > 1} == {}
