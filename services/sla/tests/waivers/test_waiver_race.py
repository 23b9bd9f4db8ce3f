"""An approval and a breach of the same clock are ordered by the lock of its row (R2)."""

import asyncio
from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.scheduling.deadline_scheduler import DeadlineScheduler
from opsdesk_testing.client import app_for, client
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from opsdesk_testing.waiting import until
from sla.app import SERVICE
from sla.clocks.store import clocks
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_opened

DEADLINE = NINE + 8 * HOUR


async def request_waiver(database: Database) -> str:
    """The address of a waiver that theo has asked for, and the time just before the deadline."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, DEADLINE - timedelta(seconds=1))
    body = {
        "clock_id": str((await resolution_clock(database)).id),
        "reason": "The supplier is down",
        "expires_at": (NINE + 9 * HOUR).isoformat(),
    }
    async with client(app_for(SERVICE, database), "theo") as theo:
        return str((await theo.post("/v1/waivers", json=body)).headers["Location"])


async def approve(gina: AsyncClient, address: str) -> bool:
    """True if it came in time."""
    answer = await gina.post(address + "/approve", json={})
    assert answer.status_code == 200, answer.text
    return not answer.json()["late"]


async def fire_all_due(database: Database) -> None:
    keeper = DeadlineScheduler(database, TIMERS)
    while (await keeper.fire_due()).has_more:
        pass


@pytest.mark.parametrize("round_", range(6))
async def test_at_the_deadline_the_answer_and_the_record_agree(
    database: Database, round_: int
) -> None:
    """C11: time moves over the deadline while both are on their way"""
    address = await request_waiver(database)
    async with client(app_for(SERVICE, database), "gina") as gina:
        _, in_time, _ = await asyncio.gather(
            freeze_time(database, DEADLINE), approve(gina, address), fire_all_due(database)
        )
    await fire_all_due(database)
    clock = (await resolution_clock(database)).clock
    assert clock.outcome == ("waived" if in_time else "breached")
    (breached,) = [one.body for one in await outbox_events(database) if ".breached." in one.type]
    assert breached["approved"] is in_time
    await assert_consistent(database)


async def test_an_approval_that_waited_for_the_lock_counts_by_the_time_after_the_wait(
    database: Database,
) -> None:
    """architecture, 5: the moment is read after the lock, not before the wait"""
    address = await request_waiver(database)
    id = (await resolution_clock(database)).id
    async with client(app_for(SERVICE, database), "gina") as gina:
        async with database.transaction() as tx:
            await clocks.lock_by_id(tx, id)
            approval = asyncio.create_task(approve(gina, address))
            await _wait_for_lock(database)
            await freeze_time(database, DEADLINE + timedelta(seconds=1))
        assert await approval is False
    await fire_all_due(database)
    assert (await resolution_clock(database)).clock.outcome == "breached"


async def _wait_for_lock(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND (locktype = 'transactionid'"
        " OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )

    async def somebody_waits() -> bool:
        async with database.transaction() as tx:
            return bool(await tx.scalar(waiting))

    await until(somebody_waits)
