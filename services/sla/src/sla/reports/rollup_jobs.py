"""Recounts the figures of reports: a change marks its day, which is counted again soon after.

Not in the transaction of the change: the figures of a customer's day are few rows, for which all
consumers would wait (docs/decisions/0661).
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
"""Seconds between two checks for marked days."""
REST_FACTOR = 20
"""The pause after a batch, as a multiple of its duration: a day with a million tickets takes at most
a twentieth of a core, and is counted less often."""
MAX_PAUSE_S = 60.0
RETRY_DELAY_S = 1.0
"""Seconds until the next try after a failure."""
MAX_CHECK_BATCH_DAYS = 2_000
"""The days that a check compares at once."""


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
    """Recount one batch of marked days; the number of days."""
    async with database.transaction() as tx:
        days = await rollups.claim_dirty_days(tx)
        if days:
            await rollups.recount(tx, days)
    return len(days)


async def recount_now(tx: Connection) -> None:
    """Recount all marked days in this transaction, which then reads complete figures.

    Waits for another transaction that counts at present.
    """
    await rollups.lock(tx)
    while days := await rollups.claim_dirty_days(tx):
        await rollups.recount(tx, days)


async def recount_all(database: Database) -> None:
    """Recount until no day is marked any more."""
    while await recount_batch(database):
        pass


async def find_wrong_figures(database: Database) -> AsyncIterator[str]:
    """A sentence for each figure that differs from the facts; marked days are left out."""
    async with database.transaction() as tx:
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        days = await rollups.list_clean_days(tx)
        for start in range(0, len(days), MAX_CHECK_BATCH_DAYS):
            for difference in await rollups.find_differences(
                tx, days[start : start + MAX_CHECK_BATCH_DAYS]
            ):
                yield difference
