"""`restored` runs alone: no replica of the service, and no second `restored`, beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from common.messaging.relay import try_lead
from common.persistence.database import Database

_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('opsdesk restored'), hashtext($1))"
_REPLICAS = """
    SELECT DISTINCT coalesce(host(client_addr), 'this machine') FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE $1 AND application_name <> ALL($2)
    ORDER BY 1
"""


class NotAlone(Exception):
    """A replica of the service or another `restored` has connections. Says so in a sentence."""


class StillRecovering(Exception):
    """PostgreSQL still reads its archive, or is a standby. Says so in a sentence."""


@asynccontextmanager
async def sole_process(database: Database, service: str) -> AsyncIterator[None]:
    """Take the relay's lead as well, so that nothing is published meanwhile. Raises NotAlone, StillRecovering.

    Looks again at the end: whoever started in between may have given sequences out.
    """
    name = f"opsdesk {database.schema} restored"
    connection = await database.dedicated_connection(name=name)
    try:
        if await connection.fetchval("SELECT pg_is_in_recovery()"):
            raise StillRecovering(
                "PostgreSQL still reads its archive, or is a standby: what it holds is not all yet. "
                "Wait until `SELECT pg_is_in_recovery()` says f (a standby: `SELECT pg_promote()`), "
                "then run this again"
            )
        if not await connection.fetchval(_TRY_LOCK, database.schema):
            raise NotAlone(f"another `restored` of {service} is running: wait for it")
        await _verify_no_replica(connection, database.schema, service)
        if not await try_lead(connection, database.schema):
            raise NotAlone(
                f"{service} is running: stop all its replicas first, then run this again"
            )
        yield
        await _verify_no_replica(connection, database.schema, service)
    finally:
        await connection.close()


async def _verify_no_replica(connection: Any, schema: str, service: str) -> None:
    """Raise NotAlone where a replica is connected. Commands of people may be."""
    commands = [f"opsdesk {schema} {name}" for name in ("commands", "restored")]
    rows = await connection.fetch(_REPLICAS, f"opsdesk {schema} %", commands)
    if rows:
        hosts = ", ".join(row[0] for row in rows)
        raise NotAlone(
            f"{service} is running (connected from {hosts}): stop all its replicas first, "
            "then run this again"
        )
