"""Keeps the figures of the reports counted: what changed is marked, and counted again soon after.

Not in the transaction of the change: today's figures of a customer are the same few rows for all
consumers, which would wait for each other (docs/decisions/0661).
"""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy import text

from common.persistence.database import Connection, Database, is_transient
from common.runtime import Runtime
from common.telemetry import logger
from sla.reports.store import rollups
from sla.settings import SlaSettings

log = logger(__name__)

POLL_INTERVAL_S = 0.2
"""Seconds between two looks for marks."""
REST_FACTOR = 20
"""Counting rests so many times longer than it took: a day with a million tickets costs no more
than a twentieth of a core, and is counted less often."""
MAX_PAUSE_S = 60.0
RETRY_DELAY_S = 1.0
"""Seconds until the next try after a failure."""
MAX_CHECK_BATCH_DAYS = 2_000
"""Days that a check compares at once."""


async def recount_forever(runtime: Runtime[SlaSettings]) -> None:
    """Recount marked days for as long as the service runs; retry while the database is away."""
    # Who moves simulated time waits at every step until nothing is marked.
    rest_factor = 0 if runtime.settings.time_mode == "simulated" else REST_FACTOR
    clock = asyncio.get_running_loop()
    while True:
        started_at = clock.time()
        try:
            counted = await recount_batch(runtime.database)
        except Exception as error:
            if not is_transient(error):
                log.exception("counting.failed")
            await asyncio.sleep(RETRY_DELAY_S)
            continue
        pause = rest_factor * (clock.time() - started_at) if counted else POLL_INTERVAL_S
        await asyncio.sleep(min(MAX_PAUSE_S, max(POLL_INTERVAL_S, pause)))


async def recount_batch(database: Database) -> int:
    """Count one batch of marked days; how many days that were."""
    async with database.transaction() as tx:
        days = await rollups.claim_dirty_days(tx)
        if days:
            await rollups.recount(tx, days)
    return len(days)


async def recount_now(tx: Connection) -> None:
    """Count all that is marked, in this transaction: what it reads next of the figures is complete.
    Waits for whoever counts at present."""
    await rollups.lock(tx)
    while days := await rollups.claim_dirty_days(tx):
        await rollups.recount(tx, days)


async def recount_all(database: Database) -> None:
    """Count until nothing is marked any more."""
    while await recount_batch(database):
        pass


async def find_wrong_figures(database: Database) -> AsyncIterator[str]:
    """One sentence for each figure that the facts do not lead to; what is marked is left out."""
    async with database.transaction() as tx:
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        days = await rollups.list_clean_days(tx)
        for start in range(0, len(days), MAX_CHECK_BATCH_DAYS):
            for difference in await rollups.find_differences(
                tx, days[start : start + MAX_CHECK_BATCH_DAYS]
            ):
                yield difference
