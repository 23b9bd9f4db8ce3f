"""An approval over a period and a breach in it are ordered by the customer's lock (R2, C11)."""

import asyncio

import pytest
from sqlalchemy import text

from common.auth import Caller
from common.domain.durations import SECOND
from common.persistence.database import Database
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Due
from opsdesk_testing.client import app_for, client
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from opsdesk_testing.waiting import until
from sla.app import SERVICE
from sla.clocks.store import clocks
from sla.clocks.timers import on_clocks_due
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla.waivers.commands import LockedWaiver, decide, lock_waiver
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_opened
from sla_support.waivers import request_for_period

DEADLINE = NINE + 8 * HOUR
GINA = Caller("gina", "Gina", frozenset({"gm"}), frozenset())


async def request_waiver(database: Database) -> str:
    """The key of a waiver that theo has asked for, and the time just before the deadline."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, DEADLINE - SECOND)
    async with client(app_for(SERVICE, database), "theo") as theo:
        address = await request_for_period(theo, NINE, NINE + 24 * HOUR)
        return str((await theo.get(address)).json()["key"])


async def fire_all_due(database: Database) -> None:
    keeper = DeadlineScheduler(database, TIMERS)
    while (await keeper.fire_due()).has_more:
        pass


async def approve(database: Database, key: str) -> LockedWaiver:
    async with database.transaction() as tx:
        locked = await lock_waiver(tx, key)
        assert locked is not None
        outcome = await decide(tx, locked, "approve", GINA, None)
    assert isinstance(outcome, LockedWaiver)
    return outcome


async def test_a_breach_waits_for_an_approval_that_came_first(database: Database) -> None:
    """C11: decided before the deadline, committed after it, and seen"""
    key = await request_waiver(database)
    async with database.transaction() as tx:
        held = await lock_waiver(tx, key)
        assert held is not None
        await decide(tx, held, "approve", GINA, None)
        await freeze_time(database, DEADLINE)
        firing = asyncio.create_task(fire_all_due(database))
        await _waits_for_the_customer(database)
        assert not firing.done()
    await firing
    assert (await resolution_clock(database)).clock.outcome == "waived"
    await assert_consistent(database)


async def test_an_approval_waits_for_a_breach_that_came_first(database: Database) -> None:
    """C11: decided after the deadline, it changes nothing about that clock"""
    key = await request_waiver(database)
    tracked = await resolution_clock(database)
    await freeze_time(database, DEADLINE)
    async with database.transaction() as tx:
        await clocks.lock_available(tx, [tracked.id])
        due = Due("clock", tracked.id, DEADLINE, 1)
        await on_clocks_due(tx, [due], DEADLINE)
        approval = asyncio.create_task(approve(database, key))
        await _waits_for_the_customer(database)
        assert not approval.done()
    assert (await approval).waiver.decided_at == DEADLINE
    assert (await resolution_clock(database)).clock.outcome == "breached"
    await assert_consistent(database)


@pytest.mark.parametrize("round_", range(6))
async def test_at_the_deadline_the_answer_and_the_record_agree(
    database: Database, round_: int
) -> None:
    """C11: time moves over the deadline while both are on their way"""
    key = await request_waiver(database)
    _, held, _ = await asyncio.gather(
        freeze_time(database, DEADLINE), approve(database, key), fire_all_due(database)
    )
    await fire_all_due(database)
    in_time = held.at < DEADLINE
    assert (await resolution_clock(database)).clock.outcome == ("waived" if in_time else "breached")
    (body,) = [one.body for one in await outbox_events(database) if ".breached." in one.type]
    assert body["approved"] is in_time
    await assert_consistent(database)


async def test_breaches_of_one_customer_do_not_wait_for_each_other(database: Database) -> None:
    """The lock is shared among breaches: only decisions are alone."""
    await request_waiver(database)
    await deliver(database, HANDLERS, (ticket_opened(2), 1))
    await freeze_time(database, DEADLINE)
    first, second = [(await resolution_clock(database, number)).id for number in (1, 2)]
    async with asyncio.timeout(10), database.transaction() as one, database.transaction() as other:
        for tx, id in ((one, first), (other, second)):
            await clocks.lock_available(tx, [id])
            await on_clocks_due(tx, [Due("clock", id, DEADLINE, 1)], DEADLINE)
    assert (await resolution_clock(database, 2)).clock.outcome == "breached"


async def _waits_for_the_customer(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    async def somebody_waits() -> bool:
        async with database.transaction() as tx:
            return bool(await tx.scalar(waiting))

    await until(somebody_waits)
