"""One migration at a time: replicas that start together migrate one after the other."""

import asyncio
from dataclasses import replace
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from common.persistence.migration_locks import LockPatience, LockUnavailableError, describe_turn
from common.telemetry import logger

MIGRATION_LOCK_ID: Final = 7_270_001
"""Advisory lock."""
_TURN_INTERVAL_S: Final = 0.2
MIN_LEFT_S: Final = 60.0
"""Seconds of patience with locks that are left to whoever has waited for another migration, however long."""
_SAY_INTERVAL_S: Final = 30.0
"""Seconds between two lines about the other one that migrates."""
_HOLDER: Final = """
    SELECT coalesce(string_agg(format('pid %s, %s from %s, connected since %s', activity.pid, activity.usename,
        coalesce(host(activity.client_addr), 'this machine'), activity.backend_start), '; '), 'somebody who has just ended')
    FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
    WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted AND pg_locks.objid = :lock AND pg_locks.objsubid = 1
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

log = logger(__name__)


async def wait_for_turn(connection: AsyncConnection, patience: LockPatience) -> LockPatience:
    """Lock out other replicas, by trying: one that waits in a statement would hold a snapshot, for
    whose end a `CREATE INDEX CONCURRENTLY` of the one that migrates would wait. Returns what is left of the patience. Raises LockUnavailableError."""
    clock = asyncio.get_running_loop().time
    give_up_at, say_at = clock() + patience.give_up_after_s, clock()
    lock = text("SELECT pg_try_advisory_lock(:lock)")
    while not await connection.scalar(lock, {"lock": MIGRATION_LOCK_ID}):
        holder = str(await connection.scalar(text(_HOLDER), {"lock": MIGRATION_LOCK_ID}))
        await connection.commit()
        if clock() >= give_up_at:
            raise LockUnavailableError(describe_turn(patience, holder))
        if clock() >= say_at:
            log.warning("migrate.waits_for_another", holder=holder)
            say_at = clock() + _SAY_INTERVAL_S
        await asyncio.sleep(_TURN_INTERVAL_S)
    await connection.commit()
    return replace(
        patience,
        give_up_after_s=max(min(MIN_LEFT_S, patience.give_up_after_s), give_up_at - clock()),
    )
