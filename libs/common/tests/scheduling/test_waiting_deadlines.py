"""A deadline that waits for something of ours is put off alone: no other timer waits with it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.persistence.database import Connection, Database
from common.scheduling import batch_firing, deadline_scheduler
from common.scheduling.batch_firing import BatchFiring
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Deadline, Due, Timer, Timers, schedule
from opsdesk_testing.ledger import NOON, lock_accounts, make_tables
from opsdesk_testing.protocol import fire_due, freeze_time
from opsdesk_testing.waiting import run_until_exit, until

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_firing, "BATCH_LOCK_TIMEOUT_S", 0.2)
    monkeypatch.setattr(batch_firing, "SINGLE_LOCK_TIMEOUT_S", 0.1)
    await make_tables(database, owner_url)
    async with database.transaction() as tx:
        for number in range(1, 10):
            await tx.execute(
                text("INSERT INTO accounts (id) VALUES (:id)"), {"id": UUID(int=number)}
            )
            await tx.execute(
                text(
                    "INSERT INTO revoked_tokens (jti, expires_at, revoked_by) VALUES (:id, now(), '')"
                ),
                {"id": str(UUID(int=number))},
            )
    await freeze_time(database, NOON)


async def note(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """An effect that needs a row beside its aggregate: somebody else may hold it."""
    for one in due:
        await tx.execute(
            text("UPDATE revoked_tokens SET revoked_by = 'fired' WHERE jti = :id"),
            {"id": str(one.subject)},
        )


TIMERS: Timers = {"note": Timer(lock_accounts, note), "other": Timer(lock_accounts, note)}


@asynccontextmanager
async def blocked(database: Database, *subjects: UUID) -> AsyncIterator[None]:
    """Hold the rows that the effects on these subjects need."""
    async with database.transaction() as tx:
        await tx.execute(
            text("SELECT 1 FROM revoked_tokens WHERE jti = ANY(:ids) FOR UPDATE"),
            {"ids": [str(subject) for subject in subjects]},
        )
        yield


async def arm(database: Database, *deadlines: Deadline) -> None:
    async with database.transaction() as tx:
        await schedule(tx, deadlines)


async def fired(database: Database) -> list[tuple[str, UUID]]:
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT kind, subject FROM firings ORDER BY kind, subject"))
        return [(row.kind, row.subject) for row in rows]


async def state(database: Database, subject: UUID) -> tuple[Any, ...]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT wake_at, tries, problem FROM deadlines WHERE subject = :id"),
            {"id": subject},
        )
        return tuple(rows.one())


async def test_one_that_waits_for_a_lock_stops_no_other_timer(database: Database) -> None:
    """The others fire within seconds, readiness says what waits, and only progress clears it."""
    await arm(database, *(Deadline("note", one, NOON) for one in (ONE, TWO, THREE)))
    scheduler = DeadlineScheduler(database, TIMERS)
    async with run_until_exit(scheduler):
        async with blocked(database, ONE):
            await until(lambda: _has_fired(database, 2), seconds=5)
            assert await fired(database) == [("note", TWO), ("note", THREE)]
            await until(lambda: scheduler.trouble is not None and str(ONE) in scheduler.trouble)
            assert scheduler.trouble is not None
            assert "1 of note wait" in scheduler.trouble
            assert "since 20" in scheduler.trouble
            await arm(database, Deadline("other", TWO, NOON))
            await until(lambda: _has_fired(database, 3), seconds=2)
            assert str(ONE) in scheduler.trouble, "that others fire is no progress for this one"
        await freeze_time(database, NOON + MINUTE)
        await until(lambda: _has_fired(database, 4), seconds=5)
        await until(lambda: scheduler.trouble is None)


async def _has_fired(database: Database, many: int) -> bool:
    return len(await fired(database)) == many


async def test_one_that_was_put_off_takes_no_further_batch_apart(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await arm(database, *(Deadline("note", one, NOON) for one in (ONE, TWO)))
    scheduler = DeadlineScheduler(database, TIMERS)
    async with blocked(database, ONE):
        with pytest.raises(Exception, match="lock timeout"):
            await scheduler.fire_due()
        await scheduler.fire_due()
        await freeze_time(database, NOON + MINUTE)
        await arm(database, Deadline("note", THREE, NOON + MINUTE))
        assert (await scheduler.fire_due()).fired == 1, "the batch succeeds at once"
        assert await fired(database) == [("note", TWO), ("note", THREE)]
        _, tries, problem = await state(database, ONE)
        assert (tries, problem) == (2, "LockNotAvailableError 55P03")


async def test_many_that_wait_for_the_same_hold_up_other_kinds_only_shortly(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two of a kind the rest of it is put off without waiting."""
    monkeypatch.setattr(batch_firing, "SINGLE_LOCK_TIMEOUT_S", 1.0)
    monkeypatch.setattr(batch_firing, "MAX_BATCH_TRIES", 1)
    waiting = [UUID(int=number) for number in range(1, 9)]
    await arm(database, *(Deadline("note", one, NOON) for one in waiting))
    await arm(database, Deadline("other", UUID(int=9), NOON))
    clock = asyncio.get_running_loop()
    async with blocked(database, *waiting):
        started = clock.time()
        await fire_due(database, TIMERS)
        assert clock.time() - started < 5
        assert await fired(database) == [("other", UUID(int=9))]
    await freeze_time(database, NOON + MINUTE)
    await fire_due(database, TIMERS)
    assert len(await fired(database)) == 9


async def test_what_is_scheduled_anew_meanwhile_is_not_put_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause after a failure belongs to the deadline that failed, not to the one after it."""

    async def fail(tx: Connection, due: Sequence[Due], at: datetime) -> None:
        raise ZeroDivisionError("a bug")

    store_put_off = BatchFiring._store_put_off

    async def scheduled_before(*arguments: Any) -> None:
        await arm(database, Deadline("note", ONE, NOON + timedelta(seconds=2)))
        await store_put_off(*arguments)

    monkeypatch.setattr(BatchFiring, "_store_put_off", scheduled_before)
    await arm(database, Deadline("note", ONE, NOON))
    await fire_due(database, {"note": Timer(lock_accounts, fail)})
    wake_at, tries, problem = await state(database, ONE)
    assert (tries, problem) == (0, None)
    assert wake_at <= NOON + timedelta(seconds=2)


async def test_deadlines_that_others_hold_hide_nothing_behind_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page full of locked aggregates is passed over."""
    monkeypatch.setattr(deadline_scheduler, "MAX_BATCH_DEADLINES", 2)
    held = [UUID(int=number) for number in range(1, 6)]
    await arm(database, *(Deadline("note", one, NOON - MINUTE) for one in held))
    await arm(database, Deadline("note", UUID(int=9), NOON))
    async with database.transaction() as tx:
        assert await lock_accounts(tx, held) == set(held)
        assert (await DeadlineScheduler(database, TIMERS).fire_due()).fired == 1
    assert await fired(database) == [("note", UUID(int=9))]
    await fire_due(database, TIMERS)
    assert len(await fired(database)) == 6


async def test_a_database_that_is_locked_is_said_until_the_next_look_succeeds(
    database: Database, owner_url: str
) -> None:
    import asyncpg

    await arm(database, Deadline("note", ONE, NOON))
    scheduler = DeadlineScheduler(database, TIMERS)
    owner = await asyncpg.connect(owner_url)
    async with run_until_exit(scheduler):
        await until(lambda: _has_fired(database, 1))
        async with owner.transaction():
            await owner.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
            await arm(database, Deadline("note", TWO, NOON))
            await until(lambda: scheduler.trouble is not None)
        await freeze_time(database, NOON + MINUTE)
        await until(lambda: _has_fired(database, 2))
        await until(lambda: scheduler.trouble is None)
    await owner.close()


async def test_a_kind_that_this_version_does_not_know_keeps_nobody_busy(database: Database) -> None:
    """A deadline of a newer replica's: left to it, without a look every millisecond."""
    await arm(database, Deadline("of a later version", ONE, NOON))
    scheduler = DeadlineScheduler(database, TIMERS)
    async with run_until_exit(scheduler):
        await until(lambda: scheduler.heartbeat.iterations >= 1)
        looks, clock = scheduler.heartbeat.iterations, asyncio.get_running_loop()
        started = clock.time()
        await until(lambda: scheduler.heartbeat.iterations >= looks + 3)
        assert clock.time() - started >= 2 * deadline_scheduler.POLL_INTERVAL_S
