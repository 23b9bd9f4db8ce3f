"""A transaction that waited for a clock decides on its state after the wait."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until
from sla.clocks.store import clocks, tickets
from sla.handlers import HANDLERS
from sla_support.assertions import resolution_clock
from sla_support.company import promise, ticket_opened

COUNT_LOCK_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


async def test_what_changed_during_the_wait_is_seen_after_it(database: Database) -> None:
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    id = (await resolution_clock(database)).id

    async def second() -> list[str]:
        async with database.transaction() as tx:
            found = await clocks.lock_by_tickets(tx, [UUID(int=1)])
            one = await clocks.lock_by_id(tx, id)
            assert one is not None
            return [*(tracked.ticket.priority for tracked in found), one.ticket.priority]

    async with database.transaction() as first:
        await clocks.lock_by_tickets(first, [UUID(int=1)])
        waits = asyncio.create_task(second())
        await until(lambda: _has_lock_wait(database))
        await tickets.update_priority(first, UUID(int=1), "blocker")
    assert await waits == ["blocker"] * 3


async def _has_lock_wait(database: Database) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(COUNT_LOCK_WAITS))
