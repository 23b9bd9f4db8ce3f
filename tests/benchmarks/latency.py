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
from tests.benchmarks.environment import (
    create_agreement,
    open_installation,
    replica_settings,
    running_process,
    servers,
    wait_for_query,
)
from tests.benchmarks.load import run_load
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

TICKETS_PER_SECOND = 200
P50, P99 = 0.012, 0.050

_LATENCIES = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(clock.xmin)
                            - pg_xact_commit_timestamp(ticket.xmin))::float8 AS seconds
    FROM intake.tickets ticket JOIN sla.clocks clock ON clock.ticket_id = ticket.id
    ORDER BY ticket.id
"""
CLOCKS = 2
"""Each ticket has two: first response and resolution."""


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found:
        await _remember_commits(found)
        with open_installation(found, "intake", "sla") as installation:
            seconds = await _latencies(found, installation, scale)
    yield _result(f"p50 of {len(seconds):,} clocks", percentile(seconds, 0.5), P50)
    yield _result("p99", percentile(seconds, 0.99), P99)


def _result(what: str, seconds: float, allowed: float) -> Result:
    return Result(
        f"accepted -> clock stored in sla, {TICKETS_PER_SECOND}/s, {what}",
        f"{seconds * 1000:.1f} ms",
        "",
        f"{seconds / allowed:.2f} of what is allowed",
        f"<= {allowed * 1000:.0f} ms",
        seconds <= allowed,
    )


async def _remember_commits(servers: Servers) -> None:
    """Have PostgreSQL note when each transaction was committed."""
    admin = await asyncpg.connect(servers.admin_url)
    await admin.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    await admin.close()
    assert servers.postgres is not None, "the servers of a measurement are embedded"
    await asyncio.to_thread(servers.postgres.restart)


async def _latencies(servers: Servers, installation: Installation, scale: Scale) -> list[float]:
    """Seconds for each clock, without those of the first second."""
    url = at_database(servers.admin_url, installation.database)
    async with (
        running_process(replica_settings(installation, "intake")) as intake,
        running_process(replica_settings(installation, "sla")) as sla,
    ):
        await create_agreement(installation, intake.url, sla.url)
        load = tickets(installation, intake, 16, scale.seconds * 3, rate=TICKETS_PER_SECOND)
        done = await run_load(load)
        every = CLOCKS * done.total
        await wait_for_query(url, "SELECT count(*) FROM sla.clocks", lambda clocks: clocks == every)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(_LATENCIES)
    await connection.close()
    warm = int(CLOCKS * TICKETS_PER_SECOND * load.warm)
    return [row["seconds"] for row in rows[warm:]]
