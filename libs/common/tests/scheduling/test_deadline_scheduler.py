"""A deadline fires once and never early, and one that fails does not hold up others."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from unittest import mock
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from common.persistence.database import Connection, Database, transaction_time
from common.scheduling import deadline_scheduler
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Deadline, Due, Timer, Timers, schedule
from opsdesk_testing.ledger import NOON, lock_accounts, make_tables
from opsdesk_testing.protocol import fire_due, freeze_time
from opsdesk_testing.waiting import run_until_exit, until

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)
    async with database.transaction() as tx:
        for account in (ONE, TWO, THREE):
            await tx.execute(text("INSERT INTO accounts (id) VALUES (:id)"), {"id": account})
    await freeze_time(database, NOON)


async def record_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for one in due:
        await tx.execute(
            text("UPDATE accounts SET amounts = amounts || 1 WHERE id = :id"), {"id": one.subject}
        )


TIMERS: Timers = {"pay": Timer(lock_accounts, record_due)}


async def schedule_all(database: Database, *deadlines: Deadline) -> None:
    async with database.transaction() as tx:
        await schedule(tx, deadlines)


async def firings(
    database: Database, since: int = 0
) -> list[tuple[UUID, datetime, datetime, bool]]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                "SELECT subject, due_at, fired_at, fired_without_events FROM firings WHERE generation > :since"
                " ORDER BY fired_at, generation"
            ),
            {"since": since},
        )
        return [tuple(row) for row in rows]


async def test_it_fires_at_its_instant_and_not_before(database: Database) -> None:
    await schedule_all(database, Deadline("pay", ONE, NOON + MINUTE))
    await freeze_time(database, NOON + MINUTE - timedelta(microseconds=1))
    assert await fire_due(database, TIMERS) == 0
    await freeze_time(database, NOON + MINUTE)
    assert await fire_due(database, TIMERS) == 1
    assert await fire_due(database, TIMERS) == 0
    assert await firings(database) == [(ONE, NOON + MINUTE, NOON + MINUTE, False)]


async def test_moved_later_it_fires_later_and_moved_earlier_earlier(database: Database) -> None:
    await schedule_all(
        database, Deadline("pay", ONE, NOON + MINUTE), Deadline("pay", TWO, NOON + MINUTE)
    )
    await schedule_all(
        database, Deadline("pay", ONE, NOON + 5 * MINUTE), Deadline("pay", TWO, NOON + MINUTE / 2)
    )
    await freeze_time(database, NOON + 3 * MINUTE / 4)
    await fire_due(database, TIMERS)
    assert [subject for subject, *_ in await firings(database)] == [TWO], "before its former time"
    await freeze_time(database, NOON + 2 * MINUTE)
    await fire_due(database, TIMERS)
    assert [subject for subject, *_ in await firings(database)] == [TWO]
    await freeze_time(database, NOON + 5 * MINUTE)
    await fire_due(database, TIMERS)
    assert [subject for subject, *_ in await firings(database)] == [TWO, ONE]


async def test_a_disarmed_one_never_fires(database: Database) -> None:
    await schedule_all(database, Deadline("pay", ONE, NOON + MINUTE))
    await schedule_all(database, Deadline("pay", ONE, None))
    await freeze_time(database, NOON + 9 * MINUTE)
    await fire_due(database, TIMERS)
    assert await firings(database) == []
    await schedule_all(database, Deadline("pay", ONE, NOON + 9 * MINUTE))
    await fire_due(database, TIMERS)
    assert len(await firings(database)) == 1


async def test_many_replicas_fire_each_once(database: Database) -> None:
    await schedule_all(database, *(Deadline("pay", subject, NOON) for subject in (ONE, TWO, THREE)))
    await asyncio.gather(*(fire_due(database, TIMERS) for _ in range(6)))
    assert sorted(subject for subject, *_ in await firings(database)) == [ONE, TWO, THREE]
    async with database.transaction() as tx:
        amounts = (await tx.execute(text("SELECT amounts FROM accounts"))).scalars().all()
    assert amounts == [[1], [1], [1]]


async def test_a_failing_effect_is_retried_alone_and_heads_no_queue(database: Database) -> None:
    async def fail_for_one(tx: Connection, due: Sequence[Due], at: datetime) -> None:
        await record_due(tx, due, at)
        if any(one.subject == ONE for one in due):
            raise ZeroDivisionError("a bug")

    broken: Timers = {"pay": Timer(lock_accounts, fail_for_one)}
    await schedule_all(database, Deadline("pay", ONE, NOON), Deadline("pay", TWO, NOON))
    await fire_due(database, broken)
    assert [subject for subject, *_ in await firings(database)] == [TWO]
    await freeze_time(database, NOON + MINUTE)
    await fire_due(database, TIMERS)
    fired = await firings(database)
    assert [(subject, due) for subject, due, *_ in fired] == [(TWO, NOON), (ONE, NOON)]


async def test_what_somebody_else_holds_is_left_and_not_waited_for(database: Database) -> None:
    await schedule_all(database, Deadline("pay", ONE, NOON), Deadline("pay", TWO, NOON))
    async with database.transaction() as tx:
        await tx.execute(text("SELECT 1 FROM accounts WHERE id = :id FOR UPDATE"), {"id": ONE})
        await fire_due(database, TIMERS)
        assert [subject for subject, *_ in await firings(database)] == [TWO]
    await fire_due(database, TIMERS)
    assert len(await firings(database)) == 2


async def test_it_waits_for_unheard_events_and_then_fires_blind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: Timers = {"pay": Timer(lock_accounts, record_due, waits_for_consumer=True)}
    await schedule_all(database, Deadline("pay", ONE, NOON))
    behind = True
    keeper = DeadlineScheduler(database, waiting, lambda *_: behind)
    assert (await keeper.fire_due()).fired == 0
    monkeypatch.setattr("common.scheduling.event_waits.CONSUMER_TIMEOUT_S", 0.0)
    assert (await keeper.fire_due()).fired == 1
    assert [fired_without_events for *_, fired_without_events in await firings(database)] == [True]


async def test_the_moment_is_read_after_the_lock_has_been_waited_for(database: Database) -> None:
    """Read in the locking statement, it would be the time before the wait."""
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE simulated_time SET frozen_at = NULL"))
    released_at = asyncio.get_running_loop().create_future()

    async def decide() -> datetime:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1 FROM accounts WHERE id = :id FOR UPDATE"), {"id": ONE})
            return await transaction_time(tx)

    async with database.transaction() as tx:
        await tx.execute(text("SELECT 1 FROM accounts WHERE id = :id FOR UPDATE"), {"id": ONE})
        decision = asyncio.create_task(decide())
        await _until_somebody_waits(database)
        released_at.set_result(await tx.scalar(text("SELECT clock_timestamp()")))
    assert await decision >= await released_at


async def _until_somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(5), database.transaction() as tx:
        while not await tx.scalar(waiting):
            continue


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from([ONE, TWO]), st.none() | st.integers(1, 30)), max_size=8
    ),
    looks=st.lists(st.integers(1, 30), max_size=5),
)
async def test_whatever_is_moved_the_last_word_fires_and_nothing_else(
    database: Database, moves: list[tuple[UUID, int | None]], looks: list[int]
) -> None:
    """Lazy re-arming is invisible: fired = armed and not replaced before its time."""
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM deadlines"))
        since = await tx.scalar(text("SELECT nextval('deadline_generations')"))
    await freeze_time(database, NOON)
    last: dict[UUID, datetime | None] = {}
    for subject, minutes in moves:
        last[subject] = None if minutes is None else NOON + minutes * MINUTE
        await schedule_all(database, Deadline("pay", subject, last[subject]))
    instants = [NOON + minute * MINUTE for minute in sorted({*looks, 31})]
    for at in instants:
        await freeze_time(database, at)
        await fire_due(database, TIMERS)
    fired = {subject: (due, at) for subject, due, at, _ in await firings(database, since)}
    assert fired == {
        subject: (due, next(at for at in instants if at >= due))
        for subject, due in last.items()
        if due is not None
    }


async def test_no_effect_had_to_be_put_off_for_being_early(database: Database) -> None:
    """The table refuses an early firing too; nobody may come to rely on that."""
    await schedule_all(database, Deadline("pay", ONE, NOON + MINUTE))
    await schedule_all(database, Deadline("pay", ONE, NOON + 5 * MINUTE))
    await freeze_time(database, NOON + 2 * MINUTE)
    await fire_due(database, TIMERS)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT sum(tries) FROM deadlines")) == 0


async def test_only_what_is_due_before_the_next_look_has_it_look_earlier(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consumer that arms deadlines of hours away with every poll leaves the timers asleep."""
    monkeypatch.setattr(
        deadline_scheduler, "POLL_INTERVAL_S", 60
    )  # the next look by itself: in a minute
    keeper = DeadlineScheduler(database, TIMERS)
    async with run_until_exit(keeper):
        await until(lambda: keeper._next_scan_at is not None)
        woken = 0

        def wake() -> None:
            nonlocal woken
            woken += 1

        with mock.patch.object(keeper._wake, "set", wake):
            await schedule_all(database, Deadline("pay", ONE, NOON + 2 * MINUTE))
            assert woken == 0
        await schedule_all(database, Deadline("pay", TWO, NOON))
        await until(lambda: _fired(database, TWO))
    assert [subject for subject, *_ in await firings(database)] == [TWO]


async def _fired(database: Database, subject: UUID) -> bool:
    return subject in [fired for fired, *_ in await firings(database)]
