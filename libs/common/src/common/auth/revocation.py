"""Revoked tokens: a row per token id in the service's schema, read again every few seconds."""

import asyncio
from datetime import datetime

from sqlalchemy import text

from common.auth.tokens import People
from common.persistence.database import Connection, Database, passing
from common.telemetry import logger

log = logger(__name__)

EVERY = 5.0
"""Seconds (real time) after which a revoked token opens nothing any more."""
KEYS_EVERY = 300.0
"""Seconds after which the issuer's keys are read again, so that withdrawn ones stop counting."""


async def revoke(tx: Connection, jti: str, expires_at: datetime, by: str) -> None:
    """Refuse this token from now on. Asked twice, it is kept once."""
    await tx.execute(
        text(
            "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
            " VALUES (:jti, :expires_at, :by) ON CONFLICT (jti) DO UPDATE"
            " SET expires_at = greatest(revoked_tokens.expires_at, excluded.expires_at)"
        ),
        {"jti": jti, "expires_at": expires_at, "by": by},
    )


async def revoked(tx: Connection) -> list[str]:
    """The ids of revoked tokens that have not expired (with a day's grace for clocks)."""
    found = await tx.execute(
        text(
            "SELECT jti FROM revoked_tokens"
            " WHERE expires_at > statement_timestamp() - interval '1 day'"
        )
    )
    return list(found.scalars())


async def keep_current(database: Database, people: People) -> None:
    """Keep revocations and keys fresh, for as long as the service runs."""
    loop = asyncio.get_running_loop()
    keys_at, withdrawn = loop.time(), people.keys.withdrawn
    while True:
        try:
            async with database.transaction() as tx:
                people.revoke(await revoked(tx))
        except Exception as error:
            if not passing(error):
                log.exception("people.revocations_unread")
        if loop.time() >= keys_at or people.keys.trouble:
            keys_at = loop.time() + KEYS_EVERY
            await people.keys.read()
        if people.keys.withdrawn != withdrawn:
            withdrawn = people.keys.withdrawn
            people.forget()
        await asyncio.sleep(EVERY)
