"""Keeps the figures of the reports counted: what changed is marked, and counted again soon after.

Not in the transaction of the change: today's figures of a customer are the same few rows for all
consumers, which would wait for each other (docs/decisions/0661).
"""

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI
from sqlalchemy import text

from common.persistence.database import Connection, Database, is_transient
from common.telemetry import logger
from sla.reports.store import rollups

log = logger(__name__)

PAUSE = 0.2
"""Seconds between two looks for marks."""
SHARE = 20
"""Counting rests so many times longer than it took: a day with a million tickets costs no more
than a twentieth of a core, and is counted less often."""
LONGEST = 60.0
AGAIN = 1.0
"""Seconds until the next try after a failure."""
BATCH = 2_000
"""Days that a check compares at once."""


async def keep_counted(app: FastAPI) -> None:
    """Count for as long as the service runs; a database that is gone is awaited."""
    database: Database = app.state.database
    # Whoever moves time waits for what is marked, at every step.
    share = 0 if app.state.settings.time_mode == "simulated" else SHARE
    clock = asyncio.get_running_loop()
    while True:
        began = clock.time()
        try:
            counted = await count_again(database)
        except Exception as error:
            if not is_transient(error):
                log.exception("counting.failed")
            await asyncio.sleep(AGAIN)
            continue
        rest = share * (clock.time() - began) if counted else PAUSE
        await asyncio.sleep(min(LONGEST, max(PAUSE, rest)))


async def count_again(database: Database) -> int:
    """Count one batch of marked days; how many days that were."""
    async with database.transaction() as tx:
        days = await rollups.take(tx)
        if days:
            await rollups.count(tx, days)
    return len(days)


async def settle(tx: Connection) -> None:
    """Count all that is marked, in this transaction: what it reads next of the figures is complete.
    Waits for whoever counts at present."""
    await rollups.wait(tx)
    while days := await rollups.take(tx):
        await rollups.count(tx, days)


async def count_all(database: Database) -> None:
    """Count until nothing is marked any more."""
    while await count_again(database):
        pass


async def wrong_figures(database: Database) -> AsyncIterator[str]:
    """One sentence for each figure that the facts do not lead to; what is marked is left out."""
    async with database.transaction() as tx:
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        days = await rollups.settled_days(tx)
        for start in range(0, len(days), BATCH):
            for wrong in await rollups.differences(tx, days[start : start + BATCH]):
                yield wrong
