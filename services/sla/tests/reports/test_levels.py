"""Whatever figures answer a question, the answer is the one that its days add up to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from common.persistence.database import Connection, Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.clocks.domain.compliance import Compliance
from sla.handlers import HANDLERS
from sla.reports.domain.percentiles import Times
from sla.reports.domain.report_period import Period
from sla.reports.domain.volume import Volume
from sla.reports.rollup_jobs import find_wrong_figures, recount_all
from sla.reports.store import histograms, reports
from sla.reports.store.reports import FiguresQuery, Group
from sla.timers import TIMERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, promise
from sla_support.random_tickets import RandomTickets

pytestmark = pytest.mark.thorough

MONTHS = Period(date(2026, 5, 20), date(2026, 9, 3))
"""Whole months, and edges that are counted day by day."""
READERS: tuple[tuple[Callable[..., Any], Any], ...] = (
    (reports.volume, Volume()),
    (reports.compliance, Compliance()),
    (histograms.times, Times({})),
)
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"service": "billing"},
    {"priority": "major"},
    {"service": "", "kind": "incident"},
)
GROUPS: tuple[Group | None, ...] = (None, "customer", "service", "priority", "kind")


@pytest.mark.parametrize("seed", range(2))
async def test_every_question_is_answered_as_its_days_are(database: Database, seed: int) -> None:
    """By all customers or one, narrowed and grouped; days are rows of their own, months are sums."""
    await promise(database, metrics=("first_response", "resolution"))
    await promise(database, (BRIGHTWATER, "brightwater"))
    lives, now = RandomTickets(seed), NINE
    for _ in range(8):
        now += lives.dice.choice([5, 100, 200]) * HOUR
        await freeze_time(database, now)
        await fire_due(database, TIMERS)
        await deliver(database, HANDLERS, *lives.events(now))
    await recount_all(database)
    assert [wrong async for wrong in find_wrong_figures(database)] == []
    async with database.transaction() as tx:
        compared = 0
        for customer, where, group in product((None, ACME), FILTERS, GROUPS):
            query = FiguresQuery(MONTHS, customer, where, group)
            compared += await _assert_sum_of_days(tx, query)
        assert compared > 50


async def _assert_sum_of_days(tx: Connection, query: FiguresQuery) -> int:
    """How many figures there were to compare."""
    compared = 0
    for read, empty in READERS:
        values = await read(tx, query)
        by_day = await read(tx, replace(query, step="day"))
        summed_days = dict.fromkeys(values, empty)
        for (group, _), one in by_day.items():
            summed_days[group, None] += one
        assert values == summed_days, (read, query)
        by_month = await read(tx, replace(query, step="month"))
        assert sum(by_month.values(), empty) == sum(summed_days.values(), empty), (read, query)
        compared += len(values)
    return compared


async def test_a_wrong_sum_is_named(database: Database) -> None:
    await promise(database)
    lives = RandomTickets(3)
    for day in range(1, 5):
        now = NINE + timedelta(days=day)
        await freeze_time(database, now)
        await deliver(database, HANDLERS, *lives.events(now))
        await fire_due(database, TIMERS)
    await recount_all(database)
    assert [wrong async for wrong in find_wrong_figures(database)] == []
    async with database.transaction() as tx:
        for table, column in (("time_sums", "seconds"), ("clock_figures", "breached")):
            await tx.exec_driver_sql(
                f"UPDATE {table} SET {column} = {column} + 1"
                + (" WHERE span = 'priority'" if table == "clock_figures" else "")
            )
    differences = [one async for one in find_wrong_figures(database)]
    for table in ("time_sums: month", "time_sums: day", "clock_figures: priority"):
        assert any(one.startswith(table) for one in differences), table
