"""Record a heartbeat every minute while this replica's timers are alive: a missing one is a gap."""

import asyncio
from datetime import datetime
from functools import partial
from uuid import UUID

from common.persistence.database import Database, is_transient, transaction_time
from common.persistence.ids import uuid7
from common.persistence.patience import do_once
from common.runtime import Runtime
from common.scheduling.deadlines import Deadline, schedule
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.telemetry import logger
from sla.forecasts.store import forecast_rounds as rounds
from sla.punctuality import sealing
from sla.punctuality.store import punctuality
from sla.settings import SlaSettings

log = logger(__name__)

BEAT_INTERVAL_S = 60.0
"""Seconds of real time between two beats."""
RETRY_DELAY_S = 1.0
"""Seconds until the next try, where nothing could be written or no timer has run yet."""


async def run_heartbeat(runtime: Runtime[SlaSettings]) -> None:
    """Store a beat every minute while the service runs, and one at its end.

    Schedules the sealing of days first, where it is not scheduled yet.
    """
    database, loop_heartbeat = runtime.database, runtime.heartbeat
    await do_once(partial(ensure_sealing_scheduled, database))
    run_id, last_beat_at = uuid7(), None
    try:
        while True:
            at = await record_beat(database, run_id, last_beat_at, loop_heartbeat)
            last_beat_at = at or last_beat_at
            await asyncio.sleep(BEAT_INTERVAL_S if at else RETRY_DELAY_S)
    finally:
        await record_beat(database, run_id, last_beat_at, loop_heartbeat)


async def record_beat(
    database: Database, run_id: UUID, last_beat_at: datetime | None, loop_heartbeat: LoopHeartbeat
) -> datetime | None:
    """Store a beat; its instant. None where no timer has run since the last one, or the database is
    away: the next beat then covers this one's gap, too."""
    if not loop_heartbeat.iterations:
        return None
    try:
        async with database.transaction() as tx:
            at = await punctuality.insert_beat(
                tx, run_id, last_beat_at, loop_heartbeat.iterations, loop_heartbeat.longest_gap
            )
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("heartbeat.not_written", error=type(error).__name__)
        return None
    loop_heartbeat.reset()
    return at


async def ensure_sealing_scheduled(database: Database) -> None:
    """Schedule the sealing of days unless it is scheduled; each step then schedules the next."""
    async with database.transaction() as tx:
        if not await rounds.is_scheduled(tx, sealing.DEADLINE_KIND, sealing.CHAIN_SUBJECT):
            now = await transaction_time(tx)
            await schedule(tx, [Deadline(sealing.DEADLINE_KIND, sealing.CHAIN_SUBJECT, now)])
