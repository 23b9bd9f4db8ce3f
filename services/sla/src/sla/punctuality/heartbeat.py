"""A row a minute while the timers of this replica are alive: what is missing was a gap."""

import asyncio
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI

from common.persistence.database import Database, is_transient, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.telemetry import logger
from sla.forecasts.store import forecast_rounds as rounds
from sla.punctuality import sealing
from sla.punctuality.store import punctuality

log = logger(__name__)

EVERY = 60.0
"""Seconds of real time between two beats."""
SOON = 1.0
"""Seconds until the next try, where nothing could be written or nothing has turned yet."""


async def keep_beating(app: FastAPI) -> None:
    """Beat for as long as the service runs, and once more at its end; keep the sealing armed."""
    database: Database = app.state.database
    pulse: LoopHeartbeat = app.state.deadlines.heartbeat
    await keep_sealing(database)
    run, since = uuid7(), None
    try:
        while True:
            at = await beat(database, run, since, pulse)
            since = at or since
            await asyncio.sleep(EVERY if at else SOON)
    finally:
        await beat(database, run, since, pulse)


async def beat(
    database: Database, run: UUID, since: datetime | None, pulse: LoopHeartbeat
) -> datetime | None:
    """When it was written; None where no timer has looked since, or the database is gone. What is not
    written is not lost: the next beat tells the longest pause."""
    if not pulse.iterations:
        return None
    try:
        async with database.transaction() as tx:
            at = await punctuality.beat(tx, run, since, pulse.iterations, pulse.longest_gap)
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("heartbeat.not_written", error=type(error).__name__)
        return None
    pulse.reset()
    return at


async def keep_sealing(database: Database) -> None:
    """Arm the sealing where nothing is; from then on each step arms the next."""
    async with database.transaction() as tx:
        if not await rounds.armed(tx, sealing.KIND, sealing.THE_CHAIN):
            await schedule(
                tx, [Deadline(sealing.KIND, sealing.THE_CHAIN, await transaction_time(tx))]
            )
