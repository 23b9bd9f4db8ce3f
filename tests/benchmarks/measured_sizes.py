"""What is measured at each size: a ticket accepted, its clocks stored, pages, searches, reports, and deadlines."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import Final
from uuid import UUID

import asyncpg

from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_local.installation import Installation
from opsdesk_local.servers import Servers
from opsdesk_local.service import SERVICES, ServiceProcess
from sla.reports.rollup_jobs import recount_batch
from tests.benchmarks.accept import tickets
from tests.benchmarks.asked_pages import CLOCK_PAGES, QUEUE, p95_of, reports, searches
from tests.benchmarks.bulk_copies import REPORT_EVERY_S
from tests.benchmarks.copied_tables import RARE_WORD
from tests.benchmarks.copy_statements import CUSTOMERS, Numbers, customer_id
from tests.benchmarks.deadlines import LEAD_S, arm_far, run_due
from tests.benchmarks.dropped_indexes import vacuum, without_indexes
from tests.benchmarks.environment import replica_settings, running_process, wait_for_query
from tests.benchmarks.load import run_load
from tests.benchmarks.result import percentile
from tests.benchmarks.scale import QUICK, Scale
from tests.benchmarks.seed_tickets import Texts

CONNECTIONS: Final = 16
PER_SECOND: Final = 100
"""Tickets a second while it is measured how long they are on their way: few enough that none waits for another."""
DUE_S: Final = 20
WARMING_S: Final = 5.0
"""Seconds of tickets that do not count: after a load nothing is in memory of what accepting reads."""
MORE_DAYS: Final = timedelta(days=2)
"""The youngest tickets end after today: copies take longer than those that they are made of."""
_WITHOUT_CLOCKS: Final = """
SELECT count(*) FROM intake.tickets ticket WHERE id > '{since}'
    AND NOT EXISTS (SELECT FROM sla.clocks WHERE ticket_id = ticket.id)
"""
_ON_THEIR_WAY: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(clock.xmin)
                        - pg_xact_commit_timestamp(ticket.xmin))::float8 AS seconds
FROM intake.tickets ticket JOIN sla.clocks clock ON clock.ticket_id = ticket.id
WHERE ticket.id > $1 ORDER BY ticket.id
"""
_MARK_DAYS: Final = f"""
INSERT INTO sla.dirty_days (customer_id, at)
SELECT {customer_id("n")}, day
FROM generate_series($1::timestamptz, $2::timestamptz, interval '1 day') day, generate_series(0, $3 - 1) n
ORDER BY day DESC
"""
FIGURES: Final = ("ticket_figures", "clock_figures", "time_figures", "time_sums", "dirty_days")


@dataclass(frozen=True, slots=True)
class Site:
    """The running servers, the two services that are measured, the database as a superuser, and what was told to whom."""

    found: Servers
    installation: Installation
    url: str
    texts: Texts
    scale: Scale
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A time, or how many of these times a second has."""

    seconds: float
    is_rate: bool = False

    def __str__(self) -> str:
        return f"{1 / self.seconds:,.0f}/s" if self.is_rate else f"{self.seconds * 1000:.1f} ms"


async def measure_intake(site: Site) -> dict[str, Figure]:
    """Intake alone first, then sla beside it."""
    since = uuid7()
    rounds = 2 if site.scale is QUICK else 10
    async with running_process(replica_settings(site.installation, "intake")) as intake:
        load = tickets(site.installation, intake, CONNECTIONS, site.scale.seconds)
        await run_load(replace(load, seconds=WARMING_S))
        outcomes = [await run_load(load) for _ in range(site.scale.rounds)]
        rare = RARE_WORD.format(0)
        asked = {"a page of the queue": QUEUE, "a search": searches(site.texts, rare)}
        pages = {
            f"{what}, p95": Figure(
                await p95_of(site.installation, intake, ("anna", "ops"), addresses, rounds)
            )
            for what, addresses in asked.items()
        }
        async with running_process(replica_settings(site.installation, "sla")):
            await _wait_for_clocks(site, since)
            on_their_way = await _to_clocks(site, intake)
    return {
        f"accepted, {CONNECTIONS} connections": Figure(
            1 / median(one.rate for one in outcomes), is_rate=True
        ),
        f"a ticket accepted, {CONNECTIONS} connections, p50": Figure(
            median(one.p50 for one in outcomes)
        ),
        **pages,
        f"accepted -> clocks stored, {PER_SECOND}/s, p50": on_their_way,
    }


async def measure_sla(site: Site, numbers: Numbers) -> dict[str, Figure]:
    """Both services, and then the deadlines without them."""
    since = uuid7()
    rounds = 2 if site.scale is QUICK else 10
    gina, last = ("gina", "gm"), numbers.youngest.date()
    async with (
        running_process(replica_settings(site.installation, "intake")) as intake,
        running_process(replica_settings(site.installation, "sla")) as sla,
    ):
        await _wait_for_clocks(site, since)
        on_their_way = await _to_clocks(site, intake)
        pages = await p95_of(site.installation, sla, gina, CLOCK_PAGES, rounds)
        asked = await p95_of(site.installation, sla, gina, reports(last), 1)
    armed = numbers.first + numbers.count
    return {
        f"accepted -> clocks stored, {PER_SECOND}/s, p50": on_their_way,
        "a page of open clocks, p95": Figure(pages),
        f"a report, {len(reports(last))} questions, p95": Figure(asked),
        f"a due deadline's lateness, {site.scale.due:,}/s due, one armed for every ticket, p99": await _lateness(
            site, armed
        ),
    }


async def count_figures(site: Site, numbers: Numbers, most_s: float) -> None:
    """Count the roll-ups, the newest days first, for `most_s` seconds at most; what is left is not asked for."""
    connection = await asyncpg.connect(site.url)
    await connection.execute("TRUNCATE sla.dirty_days")
    first, last = numbers.youngest - numbers.period, numbers.youngest + MORE_DAYS
    await connection.execute(_MARK_DAYS, first, last, CUSTOMERS)
    marks = await connection.fetchval("SELECT count(*) FROM sla.dirty_days")
    database = Database(_runtime_url(site, "sla"), "sla")
    began = reported = time.monotonic()
    counted = 0
    while (batch := await recount_batch(database)) and time.monotonic() - began < most_s:
        counted += batch
        if time.monotonic() - reported > REPORT_EVERY_S:
            reported = time.monotonic()
            left = (reported - began) * (marks - counted) / counted
            site.say(f"roll-ups: {counted:,} of {marks:,} days of customers, {left:,.0f} s left")
    await database.close()
    left = await connection.fetchval("SELECT count(*) FROM sla.dirty_days")
    await connection.execute("TRUNCATE sla.dirty_days")
    await vacuum([connection], [f"sla.{table}" for table in FIGURES])
    await connection.close()
    site.say(
        f"roll-ups of {(marks - left) / CUSTOMERS:,.0f} of {marks / CUSTOMERS:,.0f} days counted"
    )


async def _wait_for_clocks(site: Site, since: UUID) -> None:
    query = _WITHOUT_CLOCKS.format(since=since)
    await wait_for_query(site.url, query, lambda left: left == 0, seconds=300, interval_s=1)


async def _to_clocks(site: Site, intake: ServiceProcess) -> Figure:
    since = uuid7()
    seconds = 2.0 if site.scale is QUICK else site.scale.seconds * 2
    await run_load(tickets(site.installation, intake, CONNECTIONS, seconds, rate=PER_SECOND))
    await _wait_for_clocks(site, since)
    connection = await asyncpg.connect(
        site.url, server_settings={"enable_hashjoin": "off", "enable_mergejoin": "off"}
    )
    rows = await connection.fetch(_ON_THEIR_WAY, since)
    await connection.close()
    warm = 2 * PER_SECOND
    return Figure(percentile([row["seconds"] for row in rows[warm:]], 0.5))


async def _lateness(site: Site, armed: int) -> Figure:
    """Nothing of the services runs meanwhile, as in the measurement of deadlines alone."""
    seconds, lead_s = (3, 6) if site.scale is QUICK else (DUE_S, LEAD_S)
    connection = await asyncpg.connect(site.url, server_settings={"search_path": "sla"})
    await connection.execute("TRUNCATE deadlines, firings")
    async with without_indexes(connection, "sla.deadlines"):
        await arm_far(connection, armed)
    due = site.scale.due * seconds
    done = await run_due(_runtime_url(site, "sla"), connection, due, seconds, lead_s)
    await connection.execute("TRUNCATE deadlines, firings")
    await connection.close()
    assert done.early == done.twice == 0, done
    return Figure(done.p99)


def _runtime_url(site: Site, name: str) -> str:
    service = next(one for one in SERVICES if one.name == name)
    return site.installation.environment(service)["OPSDESK_DATABASE_URL"]
