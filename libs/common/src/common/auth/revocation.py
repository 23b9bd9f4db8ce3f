"""What is revoked: stored in the service's schema, read every few seconds by every replica.

Intake announces what is revoked (`opsdesk.directory.tokens_revoked.v1`) and which customers are ended; every
service stores it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from common.auth.revoked import Revocations
from common.auth.tokens import Authenticator
from common.events.directory import CustomerKnown, TokensRevoked
from common.events.envelope import ReceivedEvent
from common.persistence.bulk import execute_many, insert_sql
from common.persistence.database import Connection, Database, is_transient
from common.telemetry import logger

log = logger(__name__)

REFRESH_INTERVAL_S = 5.0
"""Seconds (real time) after which a revoked token, or an ended customer's, is refused on all replicas."""
KEYS_REFRESH_INTERVAL_S = 300.0
"""Seconds after which the issuer's keys are read again, so that withdrawn ones are refused."""

_STORE_TOKEN: Final = text(
    "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
    " VALUES (:name, :expires_at, :by) ON CONFLICT (jti) DO UPDATE"
    " SET expires_at = greatest(revoked_tokens.expires_at, excluded.expires_at)"
)
_STORE_CALLERS: Final = insert_sql(
    "revoked_callers AS known",
    {
        "kind": "text",
        "name": "text",
        "issued_until": "timestamptz",
        "expires_at": "timestamptz",
        "revoked_by": "text",
    },
    conflict="(kind, name) DO UPDATE"
    " SET issued_until = greatest(known.issued_until, excluded.issued_until),"
    " expires_at = greatest(known.expires_at, excluded.expires_at)",
)

_STORE_ENDED: Final = text(
    "INSERT INTO ended_customers (customer_id, key) VALUES (:id, :key)"
    " ON CONFLICT (customer_id) DO UPDATE SET key = excluded.key"
)
_FORGET_ENDED: Final = text("DELETE FROM ended_customers WHERE customer_id = :id")


async def store_revocation(tx: Connection, revoked: TokensRevoked) -> None:
    """Store what is revoked. A second time changes nothing."""
    if revoked.kind != "token":
        return await store_revoked_callers(tx, [revoked])
    values = {"name": revoked.name, "expires_at": revoked.expires_at, "by": revoked.by}
    await tx.execute(_STORE_TOKEN, values)
    return None


async def store_revoked_callers(tx: Connection, revoked: Sequence[TokensRevoked]) -> None:
    """Store of which people and clients, each named once, all tokens are revoked. A second time changes nothing."""
    rows = [(one.kind, one.name, one.issued_until, one.expires_at, one.by) for one in revoked]
    await execute_many(tx, _STORE_CALLERS, rows)


async def on_tokens_revoked(tx: Connection, received: ReceivedEvent[TokensRevoked]) -> None:
    """Store what intake has announced as revoked."""
    await store_revocation(tx, received.event)


async def store_ended_customer(tx: Connection, customer_id: UUID, key: str) -> None:
    """Store that this customer was ended: their contacts are refused. A second time changes nothing."""
    await tx.execute(_STORE_ENDED, {"id": customer_id, "key": key})


async def on_customer_ended(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    """Store whether intake has announced this customer as ended."""
    event = received.event
    if event.retired:
        await store_ended_customer(tx, event.customer_id, event.customer)
    else:
        await tx.execute(_FORGET_ENDED, {"id": event.customer_id})


async def load_revocations(tx: Connection) -> Revocations:
    """Return what is revoked and expired less than a day ago or not yet, and which customers are ended."""
    recent = "expires_at > statement_timestamp() - interval '1 day'"
    tokens = await tx.scalars(text(f"SELECT jti FROM revoked_tokens WHERE {recent}"))
    token_ids = frozenset(tokens)
    callers = await tx.execute(
        text(
            "SELECT kind, name, extract(epoch FROM issued_until)::float8 AS until"
            f" FROM revoked_callers WHERE {recent}"
        )
    )
    by_kind: Mapping[str, dict[str, float]] = {"person": {}, "client": {}}
    for row in callers:
        by_kind[row.kind][row.name] = row.until
    ended = frozenset(await tx.scalars(text("SELECT key FROM ended_customers")))
    return Revocations(token_ids, by_kind["person"], by_kind["client"], ended)


async def refresh_revocations(database: Database, authenticator: Authenticator) -> None:
    """Read what is revoked. While the database is away, what was read last holds."""
    try:
        async with database.transaction() as tx:
            authenticator.set_revoked(await load_revocations(tx))
    except Exception as error:
        if not is_transient(error):
            log.exception("people.revocations_unread")


async def refresh_forever(database: Database, authenticator: Authenticator) -> None:
    """Refresh revocations and keys as long as the service runs."""
    loop = asyncio.get_running_loop()
    keys_due_at, withdrawal_count = loop.time(), authenticator.keys.withdrawal_count
    while True:
        await refresh_revocations(database, authenticator)
        if loop.time() >= keys_due_at or authenticator.keys.trouble:
            keys_due_at = loop.time() + KEYS_REFRESH_INTERVAL_S
            await authenticator.keys.refresh()
        if authenticator.keys.withdrawal_count != withdrawal_count:
            withdrawal_count = authenticator.keys.withdrawal_count
            authenticator.clear_cache()
        await asyncio.sleep(REFRESH_INTERVAL_S)
