"""How fast the relay empties a full outbox, and sla's consumer a full topic, in their own service.

The tickets are accepted first while Kafka is out of reach, by the measured load; then the same
service starts with Kafka, and then sla.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg

from opsdesk_local.installation import Installation
from opsdesk_local.ports import free_port
from opsdesk_local.roles import at_database
from opsdesk_local.service import ServiceProcess
from tests.benchmarks.accept import tickets
from tests.benchmarks.environment import (
    create_agreement,
    open_installation,
    replica_settings,
    running_process,
    servers,
)
from tests.benchmarks.load import run_load
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

TIMEOUT_S = 120.0
"""Seconds after which a queue that is not empty yet counts as a measurement that failed."""
POLL_INTERVAL_S = 0.05
"""Seconds between two looks at the queue."""

UNSENT = "SELECT count(*) FROM intake.outbox"
CLOCKED = "SELECT count(*) FROM sla.tickets"


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found, open_installation(found, "intake", "sla") as installation:
        url = at_database(found.admin_url, installation.database)
        await load_directory(installation)
        accepted, total = await fill_outbox(installation, scale.seconds * 2)
        relay = replica_settings(installation, "intake")
        relayed = await _rate(relay, url, UNSENT, total, lambda unsent: total - unsent)
        yield _result("relay: events from a full outbox to Kafka", relayed, accepted, 2)
        consumed = await _rate(
            replica_settings(installation, "sla"), url, CLOCKED, total, lambda known: known
        )
        work = "consumer: tickets from a full topic to clocks in sla"
        yield _result(work, consumed, accepted, 1)


async def load_directory(installation: Installation) -> None:
    """Both services know the customer, and sla what was promised."""
    async with (
        running_process(replica_settings(installation, "intake")) as intake,
        running_process(replica_settings(installation, "sla")) as sla,
    ):
        await create_agreement(installation, intake.url, sla.url)


def _result(work: str, rate: float, accepted: float, wanted: float) -> Result:
    return Result(
        work,
        f"{rate:,.0f}/s",
        f"accepting, Kafka away, {accepted:,.0f}/s",
        f"{rate / accepted:.1f} x",
        f">= {wanted:.0f} x",
        rate / accepted >= wanted,
    )


async def fill_outbox(installation: Installation, seconds: float) -> tuple[float, int]:
    """Tickets accepted a second while nothing leaves, and how many are in the outbox now."""
    away = f"127.0.0.1:{free_port()}"
    async with running_process(
        replica_settings(installation, "intake", OPSDESK_KAFKA_BOOTSTRAP_SERVERS=away), ready=False
    ) as intake:
        done = await run_load(tickets(installation, intake, 64, seconds))
    return done.rate, done.total


async def _rate(
    process: ServiceProcess, url: str, query: str, total: int, done: Callable[[int], int]
) -> float:
    """Records a second, from the first seen to be done to the last."""
    connection = await asyncpg.connect(url)
    clock = asyncio.get_running_loop()
    first: tuple[float, int] | None = None
    try:
        async with asyncio.timeout(TIMEOUT_S), running_process(process, ready=False):
            while (so_far := done(await connection.fetchval(query))) < total:
                if first is None and so_far > 0:
                    first = clock.time(), so_far
                await asyncio.sleep(POLL_INTERVAL_S)
            end = clock.time()
    finally:
        await connection.close()
    if first is None:
        raise RuntimeError("the queue was emptied between two looks: fill it more")
    return (total - first[1]) / (end - first[0])
