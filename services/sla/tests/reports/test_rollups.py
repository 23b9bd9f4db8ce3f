"""The figures of the reports are what a count of the rows says, whatever has happened to them."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from common.database import Database
from common.events.directory import CustomerKnown
from common.events.tickets import (
    TicketCustomerReplied,
    TicketEvent,
    TicketMerged,
    TicketPrioritised,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketTriaged,
    TicketWaiting,
)
from common.testing.protocol import fire, hear, stand_at
from common.testing.waiting import until
from sla.counting import count_again, count_all, keep_counted, wrong_figures
from sla.handlers import HANDLERS
from sla.reports.percentiles import bucket
from sla.store import clocks, rollups
from sla.store.rollups import EVERYBODY
from sla.tables.clocks import clocks as clock_table
from sla.tables.tickets import tickets
from sla.testing.company import ACME, BRIGHTWATER, HOUR, NINE, opened, promise, said
from sla.timers import TIMERS

Cell = tuple[Any, ...]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def day_of(at: datetime) -> date:
    return at.astimezone(AMSTERDAM).date()


class Lives:
    """Random lives of tickets, as intake would tell them, and what a person would count of them.

    An event may be told late (its `at` lies days back) and is told twice now and then.
    """

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.number = 0
        self.open: dict[int, bool] = {}
        self.facts: dict[int, dict[str, Any]] = {}
        self.sequence: Counter[int] = Counter()
        self.turns: list[tuple[int, str, int, datetime]] = []

    def events(self, now: datetime) -> Iterator[tuple[TicketEvent, int]]:
        for _ in range(self.dice.randint(1, 6)):
            event = self._next(now)
            number = event.ticket_id.int
            self.sequence[number] += 1
            yield event, self.sequence[number]
            if self.dice.random() < 0.2:
                yield event, self.sequence[number]

    def _next(self, now: datetime) -> TicketEvent:
        late = now - self.dice.choice([0, 0, 0, 1, 30, 80]) * HOUR
        if not self.open or self.dice.random() < 0.4:
            return self._opened(now, late)
        number = self.dice.choice(list(self.open))
        return self._turn(number, late) or self._other(number, late)

    def _opened(self, now: datetime, late: datetime) -> TicketEvent:
        self.number += 1
        customer = self.dice.choice([(ACME, "acme"), (BRIGHTWATER, "brightwater")])
        facts: dict[str, Any] = {
            "customer_id": customer[0],
            "customer": customer[1],
            "priority": self.dice.choice(["blocker", "major", "trivial"]),
            "kind": self.dice.choice(["incident", "question"]),
            "service": self.dice.choice(["billing", None]),
            "opened_at": late,
        }
        self.facts[self.number], self.open[self.number] = facts, True
        triage = self.dice.random() < 0.1
        hidden = {"customer_id": None, "customer": None} if triage else {}
        return opened(self.number, now, **facts | hidden)

    def _turn(self, number: int, at: datetime) -> TicketEvent | None:
        kinds: dict[str, type[TicketEvent]] = (
            {"resolved": TicketResolved, "merged": TicketMerged}
            if self.open[number]
            else {"rejected": TicketRejected, "reopened": TicketReopened}
        )
        if self.dice.random() < 0.5:
            return None
        kind = self.dice.choice(list(kinds))
        endings: dict[str, dict[str, Any]] = {
            "rejected": {"resolved_by": "anna"},
            "merged": {"into_id": UUID(int=1), "into": "OPS-1"},
        }
        more = endings.get(kind, {})
        change = -1 if self.open[number] else 1
        self.open[number] = not self.open[number]
        self.turns.append((number, kind, change, at))
        if kind == "merged":
            del self.open[number]
        return said(kinds[kind], number, at, **self._told(number), **more)

    def _other(self, number: int, at: datetime) -> TicketEvent:
        facts = self._told(number)
        match self.dice.randrange(4):
            case 0:
                was = self.facts[number]["priority"]
                facts["priority"] = self.dice.choice(["blocker", "critical", "minor", "trivial"])
                self.facts[number]["priority"] = facts["priority"]
                return said(TicketPrioritised, number, at, was=was, **facts)
            case 1:
                return said(TicketReplied, number, at, message_id=UUID(int=7), **facts)
            case 2:
                return said(TicketWaiting, number, at, on="customer", **facts)
            case _:
                return said(TicketTriaged, number, at, opened_at=self._opened_at(number), **facts)

    def _told(self, number: int) -> dict[str, Any]:
        return {name: value for name, value in self.facts[number].items() if name != "opened_at"}

    def _opened_at(self, number: int) -> datetime:
        at: datetime = self.facts[number]["opened_at"]
        return at

    def tickets_by_day(self, known: set[int]) -> Counter[Cell]:
        """What `ticket_figures` must say of these tickets: figures by cell, counted one by one."""
        counted: Counter[Cell] = Counter()
        turns = [turn for turn in self.turns if turn[0] in known]
        for number in known:
            cell, at = self._cell(number), self._opened_at(number)
            mine = [change for of, _, change, _ in turns if of == number]
            counted[*cell, day_of(at), "opened"] += 1
            counted[*cell, day_of(at), "entered"] += 1
            counted[*cell, day_of(at), "opened_epochs"] += int(at.timestamp())
            counted[*cell, day_of(at), "still_open"] += 1 + sum(mine)
        for number, kind, change, at in turns:
            cell = self._cell(number)
            counted[*cell, day_of(at), kind] += 1
            counted[*cell, day_of(at), "entered" if change > 0 else "gone"] += 1
            opened_at = int(self._opened_at(number).timestamp())
            counted[*cell, day_of(at), "opened_epochs"] += change * opened_at
        return Counter({cell: value for cell, value in counted.items() if value})

    def _cell(self, number: int) -> Cell:
        facts = self.facts[number]
        named = facts["service"] or ""
        return (facts["customer_id"], named, facts["priority"], facts["kind"])


async def figures(database: Database, table: str, names: str, keys: str = "") -> Counter[Cell]:
    """The figures of days, by cell; those of all customers are left out."""
    columns = f"customer_id, service, priority, kind, day{keys}"
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                f"SELECT {columns}, {names} FROM {table} WHERE span = 'day' AND customer_id <> :all"
            ),
            {"all": EVERYBODY},
        )
        width = len(columns.split(","))
        return Counter(
            {
                (*row[:width], name): value
                for row in rows
                for name, value in zip(names.split(", "), row[width:], strict=True)
                if value
            }
        )


async def clocks_by_day(database: Database) -> tuple[Counter[Cell], Counter[Cell]]:
    """What `clock_figures` and `time_figures` must say, from the clocks themselves."""
    outcomes: Counter[Cell] = Counter()
    times: Counter[Cell] = Counter()
    async with database.transaction() as tx:
        found = await clocks.load(tx, list(await tx.scalars(select(clock_table.c.id))))
        of_somebody = tickets.c.customer_id.is_not(None)
        ended = select(tickets).where(tickets.c.ended_as == "resolved", of_somebody)
        rows = (await tx.execute(ended)).all()
    for one in found:
        ticket, clock = one.ticket, one.clock
        cell = (ticket.customer_id, ticket.service or "", ticket.priority, ticket.kind)
        which = (clock.metric, "sla", ticket.agreement)
        at = clock.stopped_at if clock.outcome == "met" else clock.broken_at
        if clock.outcome is not None and at is not None:
            outcomes[*cell, day_of(at), *which, clock.outcome] += 1
        if clock.state == "stopped" and clock.stopped_at is not None:
            took = bucket(max(clock.worst, clock.counted).total_seconds() // 1)
            times[*cell, day_of(clock.stopped_at), *which, took, "ended"] += 1
    for row in rows:
        cell = (row.customer_id, row.service or "", row.priority, row.kind)
        took = bucket(max(0, (row.ended_at - row.opened_at).total_seconds()))
        times[*cell, day_of(row.ended_at), "elapsed", "", "", took, "ended"] += 1
    return outcomes, times


@pytest.mark.parametrize("seed", range(6))
async def test_the_figures_are_what_a_recount_says(database: Database, seed: int) -> None:
    """Late, repeated, reopened, merged, reprioritised, triaged; breached and withdrawn."""
    await promise(database, metrics=("first_response", "next_reply", "resolution"))
    await promise(database, (BRIGHTWATER, "brightwater"))
    lives, now = Lives(seed), NINE
    for _ in range(12):
        now += lives.dice.choice([1, 5, 20]) * HOUR
        await stand_at(database, now)
        await fire(database, TIMERS)
        await hear(database, HANDLERS, *lives.events(now))
        if lives.dice.random() < 0.5:
            await count_again(database)
    await fire(database, TIMERS)
    await count_all(database)
    async with database.transaction() as tx:
        known = [
            id.int
            for id in await tx.scalars(
                select(tickets.c.id).where(tickets.c.customer_id.is_not(None))
            )
        ]
    names = "opened, resolved, rejected, reopened, merged, entered, gone, opened_epochs, still_open"
    assert await figures(database, "ticket_figures", names) == lives.tickets_by_day(set(known))
    outcomes, times = await clocks_by_day(database)
    keys = ", metric, contract, agreement"
    assert await figures(database, "clock_figures", "met, breached, excused", keys) == outcomes
    assert await figures(database, "time_figures", "ended", keys + ", bucket") == times
    await sums_add_up(database)


async def sums_add_up(database: Database) -> None:
    """Months are their days, and everybody is all customers."""
    async with database.transaction() as tx:
        assert await rollups.differences(tx, await rollups.settled_days(tx)) == []
        for table in ("ticket_figures", "clock_figures", "time_figures"):
            figure = {"ticket_figures": "opened", "clock_figures": "met"}.get(table, "ended")
            sums = await tx.execute(
                text(
                    f"SELECT sum({figure}) FROM {table}"
                    f" GROUP BY span, customer_id = '{EVERYBODY}' HAVING sum({figure}) > 0"
                )
            )
            assert len(set(sums.scalars())) <= 1, table


async def test_a_late_event_corrects_its_own_day(database: Database) -> None:
    """Resolved on Monday, heard of on Thursday after the breach: Monday's figures change."""
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1))
    await stand_at(database, NINE + timedelta(days=3))
    await fire(database, TIMERS)
    await count_all(database)
    cell = (ACME, "", "major", "incident")
    broken = NINE + 8 * HOUR
    which = ("resolution", "sla", "acme-standard")
    found = await figures(
        database, "clock_figures", "met, breached", ", metric, contract, agreement"
    )
    assert found == Counter({(*cell, day_of(broken), *which, "breached"): 1})
    await hear(database, HANDLERS, (said(TicketResolved, 1, NINE + HOUR), 2))
    await count_all(database)
    found = await figures(
        database, "clock_figures", "met, breached", ", metric, contract, agreement"
    )
    assert found == Counter({(*cell, day_of(NINE), *which, "met"): 1})
    await sums_add_up(database)


async def test_days_are_the_customers_own(database: Database) -> None:
    """Half past midnight in Amsterdam is still yesterday in Greenwich; moving house moves days."""
    await promise(database, metrics=("resolution",))
    midnight = NINE.replace(hour=22, minute=30)
    await hear(database, HANDLERS, (opened(1, midnight), 1))
    await count_all(database)
    assert [cell[4] for cell in await figures(database, "ticket_figures", "opened")] == [
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
    await hear(database, HANDLERS, (moved, 2))
    await count_all(database)
    assert [cell[4] for cell in await figures(database, "ticket_figures", "opened")] == [
        date(2026, 6, 1)
    ]
    await sums_add_up(database)


async def test_a_zone_that_the_database_does_not_know_counts_in_utc(database: Database) -> None:
    nowhere = CustomerKnown(
        at=NINE, customer_id=ACME, customer="acme", name="A", timezone="Mars/Olympus", language="en"
    )
    await hear(database, HANDLERS, (nowhere, 1), (opened(1, NINE.replace(hour=22, minute=30)), 1))
    await count_all(database)
    assert [cell[4] for cell in await figures(database, "ticket_figures", "opened")] == [
        date(2026, 6, 1)
    ]


async def test_only_one_replica_counts_at_a_time(database: Database) -> None:
    await promise(database)
    await hear(database, HANDLERS, (opened(1), 1))
    async with database.transaction() as tx:
        await rollups.take(tx)
        assert await count_again(database) == 0
    assert await count_again(database) == 0


async def test_what_is_not_counted_yet_is_said(database: Database) -> None:
    await promise(database)
    await hear(
        database,
        HANDLERS,
        (opened(1), 1),
        (said(TicketCustomerReplied, 1, message_id=UUID(int=3)), 2),
    )
    async with database.transaction() as tx:
        assert await rollups.pending(tx) > 0
    await count_all(database)
    async with database.transaction() as tx:
        assert await rollups.pending(tx) == 0


async def test_a_figure_that_the_facts_do_not_lead_to_is_named(database: Database) -> None:
    """And nothing is said of what is only not counted yet."""
    await promise(database)
    await hear(database, HANDLERS, (opened(1), 1), (said(TicketResolved, 1, NINE + HOUR), 2))
    assert [wrong async for wrong in wrong_figures(database)] == []
    await count_all(database)
    assert [wrong async for wrong in wrong_figures(database)] == []
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE ticket_figures SET opened = 2 WHERE span = 'month'"))
    wrong = [figure async for figure in wrong_figures(database)]
    months = [one for one in wrong if one.startswith("ticket_figures: month 2026-06-01")]
    assert len(months) == 4  # facts and figures, of Acme and of everybody
    assert all("2026-06-01" in one for one in wrong)


async def test_consumers_side_by_side_lose_no_figure(database: Database) -> None:
    """Six of them, all about one customer's one day, while days are counted again and again."""
    await promise(database)

    async def consumer(first: int) -> None:
        for number in range(first, first + 8):
            await hear(database, HANDLERS, (opened(number), 1))
            await hear(database, HANDLERS, (said(TicketResolved, number, NINE + HOUR), 2))

    async def counter() -> None:
        while not done.is_set():
            await count_again(database)

    done = asyncio.Event()
    counting = asyncio.create_task(counter())
    await asyncio.gather(*(consumer(first) for first in range(100, 700, 100)))
    done.set()
    await counting
    await count_all(database)
    found = await figures(database, "ticket_figures", "opened, resolved, gone")
    assert sorted(found.values()) == [48, 48, 48]
    met = await figures(database, "clock_figures", "met", ", metric, contract, agreement")
    assert sorted(met.values()) == [48, 48]
    assert [wrong async for wrong in wrong_figures(database)] == []


async def test_what_is_marked_is_counted_by_itself(database: Database, app: FastAPI) -> None:
    await promise(database)
    counting = asyncio.create_task(keep_counted(app))
    try:
        await hear(database, HANDLERS, (opened(1), 1))
        await until(lambda: counted(database))
    finally:
        counting.cancel()
    assert sorted((await figures(database, "ticket_figures", "opened")).values()) == [1]


async def counted(database: Database) -> bool:
    async with database.transaction() as tx:
        return await rollups.pending(tx) == 0
