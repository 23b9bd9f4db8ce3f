"""Revoked tokens: a row per token id in the service's schema, read every few seconds."""

import asyncio
from datetime import datetime

from sqlalchemy import text

from common.auth.tokens import Authenticator
from common.persistence.database import Connection, Database, is_transient
from common.telemetry import logger

log = logger(__name__)

REFRESH_INTERVAL_S = 5.0
"""Seconds (real time) after which a revoked token is refused on all replicas."""
KEYS_REFRESH_INTERVAL_S = 300.0
"""Seconds after which the issuer's keys are read again, so that withdrawn ones are refused."""


async def revoke(tx: Connection, jti: str, expires_at: datetime, actor: str) -> None:
    """Revoke a token. A second time changes nothing."""
    await tx.execute(
        text(
            "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
            " VALUES (:jti, :expires_at, :by) ON CONFLICT (jti) DO UPDATE"
            " SET expires_at = greatest(revoked_tokens.expires_at, excluded.expires_at)"
        ),
        {"jti": jti, "expires_at": expires_at, "by": actor},
    )


async def revoked_token_ids(tx: Connection) -> list[str]:
    """Return the ids of revoked tokens that expired less than a day ago or not yet."""
    rows = await tx.execute(
        text(
            "SELECT jti FROM revoked_tokens"
            " WHERE expires_at > statement_timestamp() - interval '1 day'"
        )
    )
    return list(rows.scalars())


async def refresh_forever(database: Database, authenticator: Authenticator) -> None:
    """Refresh revocations and keys as long as the service runs."""
    loop = asyncio.get_running_loop()
    keys_due_at, withdrawal_count = loop.time(), authenticator.keys.withdrawal_count
    while True:
        try:
            async with database.transaction() as tx:
                authenticator.set_revoked(await revoked_token_ids(tx))
        except Exception as error:
            if not is_transient(error):
                log.exception("people.revocations_unread")
        if loop.time() >= keys_due_at or authenticator.keys.trouble:
            keys_due_at = loop.time() + KEYS_REFRESH_INTERVAL_S
            await authenticator.keys.refresh()
        if authenticator.keys.withdrawal_count != withdrawal_count:
            withdrawal_count = authenticator.keys.withdrawal_count
            authenticator.clear_cache()
        await asyncio.sleep(REFRESH_INTERVAL_S)
