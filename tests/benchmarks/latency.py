"""From accepted in intake to the clocks stored in sla, two processes, at 200 tickets a second.

Measured with one clock, PostgreSQL's: the commit of the ticket's row and that of its clocks.
"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg

from opsdesk_local.installation import Installation
from opsdesk_local.roles import at_database
from opsdesk_local.servers import Servers
from tests.benchmarks.accept import tickets
from tests.benchmarks.environment import desk, promise, replica, running, servers, until
from tests.benchmarks.load import driven
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Effort

RATE = 200
P50, P99 = 0.015, 0.060

_LATENCIES = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(clock.xmin)
                            - pg_xact_commit_timestamp(ticket.xmin))::float8 AS seconds
    FROM intake.tickets ticket JOIN sla.clocks clock ON clock.ticket_id = ticket.id
    ORDER BY ticket.id
"""
CLOCKS = 2
"""Each ticket has two: first response and resolution."""


async def run(effort: Effort) -> AsyncIterator[Result]:
    with servers() as found:
        await _remember_commits(found)
        with desk(found, "intake", "sla") as office:
            seconds = await _latencies(found, office, effort)
    yield _result(f"p50 of {len(seconds):,} clocks", percentile(seconds, 0.5), P50)
    yield _result("p99", percentile(seconds, 0.99), P99)


def _result(what: str, seconds: float, allowed: float) -> Result:
    return Result(
        f"accepted -> clock stored in sla, {RATE}/s, {what}",
        f"{seconds * 1000:.1f} ms",
        "",
        f"{seconds / allowed:.2f} of what is allowed",
        f"<= {allowed * 1000:.0f} ms",
        seconds <= allowed,
    )


async def _remember_commits(found: Servers) -> None:
    """Have PostgreSQL note when each transaction was committed."""
    admin = await asyncpg.connect(found.admin_url)
    await admin.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    await admin.close()
    assert found.postgres is not None, "the servers of a measurement are embedded"
    await asyncio.to_thread(found.postgres.restart)


async def _latencies(found: Servers, office: Installation, effort: Effort) -> list[float]:
    """Seconds for each clock, without those of the first second."""
    url = at_database(found.admin_url, office.database)
    async with (
        running(replica(office, "intake")) as intake,
        running(replica(office, "sla")) as sla,
    ):
        await promise(office, intake.url, sla.url)
        load = tickets(office, intake, 16, effort.seconds * 3, rate=RATE)
        done = await driven(load)
        every = CLOCKS * done.total
        await until(url, "SELECT count(*) FROM sla.clocks", lambda clocks: clocks == every)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(_LATENCIES)
    await connection.close()
    warm = int(CLOCKS * RATE * load.warm)
    return [row["seconds"] for row in rows[warm:]]
