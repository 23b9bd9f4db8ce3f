"""A late start of a clock and an event of its ticket are ordered by the ticket's lock (0693)."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events.tickets import TicketReplied
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until
from sla.clocks.reclassification import reclassify
from sla.clocks.store import tickets
from sla.clocks.store.tickets import PendingInput
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, clocks_of
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.reclassifications import BILLING, portal_agreement

TICKET = UUID(int=1)
COUNT_LOCK_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
REPLY = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=7), service="portal")


@pytest.fixture
async def ticket(database: Database) -> None:
    """About billing; a first response is promised for the portal alone."""
    under = await promise(database, metrics=("resolution",))
    await portal_agreement(database, under, "first_response", "resolution")
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1))


async def _has_lock_wait(database: Database) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(COUNT_LOCK_WAITS))


async def _reclassify(database: Database) -> None:
    async with database.transaction() as tx:
        await reclassify(tx, TICKET, "incident", "portal", NINE + 2 * HOUR)


async def test_what_is_heard_while_a_clock_starts_finds_it(
    database: Database, ticket: None
) -> None:
    async with database.transaction() as first:
        await reclassify(first, TICKET, "incident", "portal", NINE + 2 * HOUR)
        waits = asyncio.create_task(deliver(database, HANDLERS, (REPLY, 2)))
        await until(lambda: _has_lock_wait(database))
    await waits
    # Its stretch had begun at the correction: an older word counts from there.
    clock = (await clocks_of(database, 1))["first_response"].clock
    assert (clock.state, clock.stopped_at) == ("stopped", NINE + 2 * HOUR)
    await assert_consistent(database)


async def test_a_clock_that_starts_while_something_is_heard_hears_it(
    database: Database, ticket: None
) -> None:
    async with database.transaction() as first:
        await tickets.add_pending(first, [PendingInput(TICKET, "replied", NINE + HOUR)])
        waits = asyncio.create_task(_reclassify(database))
        await until(lambda: _has_lock_wait(database))
    await waits
    clock = (await clocks_of(database, 1))["first_response"].clock
    assert (clock.state, clock.stopped_at) == ("stopped", NINE + HOUR)
    await assert_consistent(database)
