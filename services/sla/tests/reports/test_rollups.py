"""The figures of the reports are what a count of the rows says, whatever has happened to them."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from common.events.directory import CustomerKnown
from common.events.tickets import TicketCustomerReplied, TicketResolved
from common.http import runtime_of
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.waiting import until
from sla.clocks.ticket_tables import tickets
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import find_wrong_figures, recount_all, recount_batch, recount_forever
from sla.reports.store import rollups
from sla.reports.store.rollups import ALL_CUSTOMERS
from sla.timers import TIMERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.random_tickets import RandomTickets, clocks_by_day, day_of, load_figures


@pytest.mark.parametrize("seed", range(6))
async def test_the_figures_are_what_a_recount_says(database: Database, seed: int) -> None:
    """Late, repeated, reopened, merged, reprioritised, triaged; breached and withdrawn."""
    await promise(database, metrics=("first_response", "next_reply", "resolution"))
    await promise(database, (BRIGHTWATER, "brightwater"))
    lives, now = RandomTickets(seed), NINE
    for _ in range(12):
        now += lives.dice.choice([1, 5, 20]) * HOUR
        await freeze_time(database, now)
        await fire_due(database, TIMERS)
        await deliver(database, HANDLERS, *lives.events(now))
        if lives.dice.random() < 0.5:
            await recount_batch(database)
    await fire_due(database, TIMERS)
    await recount_all(database)
    async with database.transaction() as tx:
        ticket_numbers = [
            id.int
            for id in await tx.scalars(
                select(tickets.c.id).where(tickets.c.customer_id.is_not(None))
            )
        ]
    names = "opened, resolved, rejected, reopened, merged, entered, gone, opened_epochs, still_open"
    assert await load_figures(database, "ticket_figures", names) == lives.tickets_by_day(
        set(ticket_numbers)
    )
    outcomes, times = await clocks_by_day(database)
    keys = ", metric, contract, agreement"
    assert await load_figures(database, "clock_figures", "met, breached, waived", keys) == outcomes
    assert await load_figures(database, "time_figures", "ended", keys + ", bucket") == times
    await assert_sums_add_up(database)


async def assert_sums_add_up(database: Database) -> None:
    """Months are their days, and everybody is all customers."""
    async with database.transaction() as tx:
        assert await rollups.find_differences(tx, await rollups.list_clean_days(tx)) == []
        for table in ("ticket_figures", "clock_figures", "time_figures"):
            figure = {"ticket_figures": "opened", "clock_figures": "met"}.get(table, "ended")
            sums = await tx.execute(
                text(
                    f"SELECT sum({figure}) FROM {table}"
                    f" GROUP BY span, customer_id = '{ALL_CUSTOMERS}' HAVING sum({figure}) > 0"
                )
            )
            assert len(set(sums.scalars())) <= 1, table


async def test_a_late_event_corrects_its_own_day(database: Database) -> None:
    """Resolved on Monday, heard of on Thursday after the breach: Monday's figures change."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + timedelta(days=3))
    await fire_due(database, TIMERS)
    await recount_all(database)
    cell = (ACME, "", "major", "incident")
    breached_at = NINE + 8 * HOUR
    promise_key = ("resolution", "sla", "acme-standard")
    found = await load_figures(
        database, "clock_figures", "met, breached", ", metric, contract, agreement"
    )
    assert found == Counter({(*cell, day_of(breached_at), *promise_key, "breached"): 1})
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + HOUR), 2))
    await recount_all(database)
    found = await load_figures(
        database, "clock_figures", "met, breached", ", metric, contract, agreement"
    )
    assert found == Counter({(*cell, day_of(NINE), *promise_key, "met"): 1})
    await assert_sums_add_up(database)


async def test_days_are_the_customers_own(database: Database) -> None:
    """Half past midnight in Amsterdam is still yesterday in Greenwich; moving house moves days."""
    await promise(database, metrics=("resolution",))
    midnight = NINE.replace(hour=22, minute=30)
    await deliver(database, HANDLERS, (ticket_opened(1, midnight), 1))
    await recount_all(database)
    assert [cell[4] for cell in await load_figures(database, "ticket_figures", "opened")] == [
        date(2026, 6, 2)
    ]
    moved = CustomerKnown(
        at=NINE,
        customer_id=ACME,
        customer="acme",
        name="Acme",
        timezone="America/New_York",
        language="en",
    )
    await deliver(database, HANDLERS, (moved, 2))
    await recount_all(database)
    assert [cell[4] for cell in await load_figures(database, "ticket_figures", "opened")] == [
        date(2026, 6, 1)
    ]
    await assert_sums_add_up(database)


async def test_a_zone_that_the_database_does_not_know_counts_in_utc(database: Database) -> None:
    nowhere = CustomerKnown(
        at=NINE, customer_id=ACME, customer="acme", name="A", timezone="Mars/Olympus", language="en"
    )
    await deliver(
        database, HANDLERS, (nowhere, 1), (ticket_opened(1, NINE.replace(hour=22, minute=30)), 1)
    )
    await recount_all(database)
    assert [cell[4] for cell in await load_figures(database, "ticket_figures", "opened")] == [
        date(2026, 6, 1)
    ]


async def test_only_one_replica_counts_at_a_time(database: Database) -> None:
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    async with database.transaction() as tx:
        await rollups.claim_dirty_days(tx)
        assert await recount_batch(database) == 0
    assert await recount_batch(database) == 0


async def test_what_is_not_counted_yet_is_reported(database: Database) -> None:
    await promise(database)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1), 1),
        (ticket_event(TicketCustomerReplied, 1, message_id=UUID(int=3)), 2),
    )
    async with database.transaction() as tx:
        assert await rollups.count_pending(tx) > 0
    await recount_all(database)
    async with database.transaction() as tx:
        assert await rollups.count_pending(tx) == 0


async def test_a_figure_that_the_facts_do_not_lead_to_is_named(database: Database) -> None:
    """And nothing is said of what is only not counted yet."""
    await promise(database)
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (ticket_event(TicketResolved, 1, NINE + HOUR), 2)
    )
    assert [wrong async for wrong in find_wrong_figures(database)] == []
    await recount_all(database)
    assert [wrong async for wrong in find_wrong_figures(database)] == []
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE ticket_figures SET opened = 2 WHERE span = 'month'"))
    differences = [figure async for figure in find_wrong_figures(database)]
    month_differences = [
        one for one in differences if one.startswith("ticket_figures: month 2026-06-01")
    ]
    assert len(month_differences) == 4  # facts and figures, of Acme and of everybody
    assert all("2026-06-01" in one for one in differences)


async def test_consumers_side_by_side_lose_no_figure(database: Database) -> None:
    """Six of them, all about one customer's one day, while days are counted again and again."""
    await promise(database)

    async def consumer(first: int) -> None:
        for number in range(first, first + 8):
            await deliver(database, HANDLERS, (ticket_opened(number), 1))
            await deliver(
                database, HANDLERS, (ticket_event(TicketResolved, number, NINE + HOUR), 2)
            )

    async def recount_until_done() -> None:
        while not done.is_set():
            await recount_batch(database)

    done = asyncio.Event()
    counting = asyncio.create_task(recount_until_done())
    await asyncio.gather(*(consumer(first) for first in range(100, 700, 100)))
    done.set()
    await counting
    await recount_all(database)
    found = await load_figures(database, "ticket_figures", "opened, resolved, gone")
    assert sorted(found.values()) == [48, 48, 48]
    met = await load_figures(database, "clock_figures", "met", ", metric, contract, agreement")
    assert sorted(met.values()) == [48, 48]
    assert [wrong async for wrong in find_wrong_figures(database)] == []


async def test_what_is_marked_is_counted_by_itself(database: Database, app: FastAPI) -> None:
    await promise(database)
    counting = asyncio.create_task(recount_forever(runtime_of(app)))
    try:
        await deliver(database, HANDLERS, (ticket_opened(1), 1))
        await until(lambda: is_counted(database))
    finally:
        counting.cancel()
    assert sorted((await load_figures(database, "ticket_figures", "opened")).values()) == [1]


async def is_counted(database: Database) -> bool:
    async with database.transaction() as tx:
        return await rollups.count_pending(tx) == 0
