"""An event takes effect once and in order, whatever Kafka does."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from common.messaging.batch_processor import (
    MAX_CONSECUTIVE_DEAD_LETTERS,
    BatchProcessor,
    ConsumerHalted,
)
from common.messaging.classification import classify
from common.messaging.dlq_admin import UnknownDeadLetter, list_dead_letters, replay, skip
from common.messaging.inbox import Handlers, Inbox, MissingReference, PermanentError
from common.messaging.parked_release import ParkedRelease
from common.messaging.positions import SubjectPosition, save_positions
from common.persistence.database import Connection, Database
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import deliver, outbox_events, record_of

ONE, TWO = UUID(int=1), UUID(int=2)
HANDLERS: Handlers = {Paid: on_paid}


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)


async def test_an_event_delivered_twice_takes_effect_once(database: Database) -> None:
    await deliver(database, HANDLERS, (paid_event(ONE, 5), 1), (paid_event(ONE, 5), 1))
    await deliver(database, HANDLERS, (paid_event(ONE, 5), 1))
    assert await amounts(database, ONE) == [5]
    assert [(t.subject, t.sequence) for t in await outbox_events(database)] == [(f"entry/{ONE}", 1)]


async def test_a_gap_parks_that_subject_alone_until_the_missing_one_comes(
    database: Database,
) -> None:
    await deliver(
        database,
        HANDLERS,
        (paid_event(ONE, 3), 3),
        (paid_event(TWO, 1), 1),
        (paid_event(ONE, 2), 2),
    )
    assert await amounts(database, ONE) == []
    assert await amounts(database, TWO) == [1]
    await deliver(database, HANDLERS, (paid_event(ONE, 1), 1))
    assert await amounts(database, ONE) == [1, 2, 3]


async def test_effect_and_position_commit_together(database: Database) -> None:
    async def fail_after_effect(tx: Connection, events: Sequence[Any]) -> None:
        await on_paid(tx, events)
        raise ConnectionError("killed before the commit")

    with pytest.raises(ConnectionError):
        await deliver(database, {Paid: fail_after_effect}, (paid_event(ONE, 5), 1))
    assert await amounts(database, ONE) == []
    await deliver(database, HANDLERS, (paid_event(ONE, 5), 1))
    assert await amounts(database, ONE) == [5]


async def test_what_a_rule_refuses_is_put_aside_and_only_its_subject_waits(
    database: Database,
) -> None:
    async def refuse_seven(tx: Connection, events: Sequence[Any]) -> None:
        if any(received.event.amount == 7 for received in events):
            raise PermanentError("seven is no amount")
        await on_paid(tx, events)

    await deliver(
        database,
        {Paid: refuse_seven},
        (paid_event(ONE, 7), 1),
        (paid_event(ONE, 2), 2),
        (paid_event(TWO, 1), 1),
    )
    assert await amounts(database, ONE) == []
    assert await amounts(database, TWO) == [1]
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
    assert (letter.code, letter.reason, letter.waiting) == ("impossible", "seven is no amount", 1)
    notices = [
        one for one in await outbox_events(database) if one.topic == "opsdesk.dead-letters.test"
    ]
    assert [notice.body["code"] for notice in notices] == ["impossible"]


async def test_a_dead_letter_replayed_takes_effect_and_frees_what_waits(
    database: Database,
) -> None:
    async def broken(tx: Connection, events: Sequence[Any]) -> None:
        raise ZeroDivisionError("a bug that is mended tomorrow")

    await deliver(database, {Paid: broken}, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
    assert letter.code == "failed"
    assert await replay(database, "test", HANDLERS, [letter.id]) == [letter.id]
    await deliver(database, HANDLERS)
    assert await amounts(database, ONE) == [1, 2]
    with pytest.raises(UnknownDeadLetter):
        await replay(database, "test", HANDLERS, [letter.id])


async def test_a_dead_letter_skipped_lets_the_rest_go_on_without_it(database: Database) -> None:
    broken = replace(record_of(paid_event(ONE, 1), 1), body=b'{"account": 1}')
    applier = BatchProcessor(database, Inbox("test", HANDLERS))
    await applier.process([broken, record_of(paid_event(ONE, 2), 2)])
    async with database.transaction() as tx:
        (letter,) = await list_dead_letters(tx)
        assert letter.code == "undecodable"
        await skip(tx, letter.id, "sent by mistake")
    await ParkedRelease(applier).release()
    assert await amounts(database, ONE) == [2]


async def test_a_record_without_headers_is_dead_lettered_and_stops_nobody(
    database: Database,
) -> None:
    strange = replace(record_of(paid_event(ONE, 1), 1), headers=(), body=b"\xff\x00")
    applier = BatchProcessor(database, Inbox("test", HANDLERS))
    await applier.process([strange, record_of(paid_event(ONE, 1), 1)])
    await applier.process([strange])
    assert await amounts(database, ONE) == [1]
    async with database.transaction() as tx:
        assert [letter.code for letter in await list_dead_letters(tx)] == ["undecodable"]


async def test_a_missing_reference_is_waited_for(database: Database) -> None:
    async def only_after_two(tx: Connection, events: Sequence[Any]) -> None:
        known = await tx.scalar(text("SELECT true FROM accounts WHERE id = :id"), {"id": TWO})
        if not known and events[0].event.account == ONE:
            raise MissingReference(f"account/{TWO}")
        await on_paid(tx, events)

    handlers: Handlers = {Paid: only_after_two}
    await deliver(database, handlers, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    assert await amounts(database, ONE) == []
    await deliver(database, handlers, (paid_event(TWO, 9), 1))
    assert await amounts(database, ONE) == [1, 2]


async def test_who_waits_for_what_was_skipped_holds_up_nobody(database: Database) -> None:
    """The inbox has passed the reference, the tables do not hold it: it waits, without spinning."""

    async def only_after_two(tx: Connection, events: Sequence[Any]) -> None:
        if events[0].event.account == ONE:
            raise MissingReference(f"entry/{TWO}")
        await on_paid(tx, events)

    applier = BatchProcessor(database, Inbox("test", {Paid: only_after_two}))
    async with database.transaction() as tx:
        await save_positions(tx, {(Paid.source, f"entry/{TWO}"): SubjectPosition(None, 1, None)})
    await applier.process([record_of(paid_event(ONE, 1), 1)])
    async with asyncio.timeout(5):
        await ParkedRelease(applier).release()
    assert applier.state.has_parked


async def test_many_dead_letters_in_a_row_stop_the_consumer(database: Database) -> None:
    applier = BatchProcessor(database, Inbox("test", HANDLERS))
    records = [
        replace(record_of(paid_event(UUID(int=n), 1), 1, offset=n), body=b"{}")
        for n in range(1, MAX_CONSECUTIVE_DEAD_LETTERS + 1)
    ]
    with pytest.raises(ConsumerHalted, match="dlq list"):
        await applier.process(records)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.permutations([(account, n) for account in (1, 2, 3) for n in (1, 2, 3, 4)]),
    again=st.lists(st.integers(0, 11), max_size=6),
    cuts=st.lists(st.integers(1, 17), max_size=4),
)
async def test_any_order_with_any_repeats_gives_each_effect_once_in_order(
    database: Database,
    order: list[tuple[int, int]],
    again: list[int],
    cuts: list[int],
) -> None:
    async with database.transaction() as tx:
        for table in ("accounts", "inbox", "parked"):
            await tx.execute(text(f"DELETE FROM {table}"))
    delivered = order + [order[n] for n in again]
    bounds = sorted({0, len(delivered), *(cut for cut in cuts if cut < len(delivered))})
    for start, end in pairwise(bounds):
        await deliver(
            database, HANDLERS, *((paid_event(UUID(int=a), n), n) for a, n in delivered[start:end])
        )
    for account in (1, 2, 3):
        assert await amounts(database, UUID(int=account)) == [1, 2, 3, 4]


@given(
    applied=st.integers(0, 9),
    dead=st.none() | st.integers(1, 9),
    sequence=st.integers(1, 20),
    whole=st.booleans(),
)
def test_a_position_never_moves_backwards_and_never_past_a_dead_letter(
    applied: int, dead: int | None, sequence: int, whole: bool
) -> None:
    found = classify(SubjectPosition(applied, applied, dead), sequence, whole)
    if found == "next":
        assert sequence > applied
        assert dead is None
        assert whole or sequence == applied + 1
    if found == "old":
        assert sequence <= max(applied, dead or 0)
