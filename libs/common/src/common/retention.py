"""What is deleted once it is old: a table of statements, and one loop that carries it out in batches.

How long each is kept is a setting with a safe default (R16). Not in it is what is evidence: the audit
trail and its seals, the inputs of clocks, the records of outages, the firings of clocks.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import TextClause, text

from common.persistence.database import Connection, Database, is_transient, transaction_time
from common.settings import Settings
from common.telemetry import logger, metrics

log = logger(__name__)

BATCH_ROWS: Final = 1000
"""Rows that one statement deletes at most."""
INTERVAL_S: Final = 60.0
"""Seconds between two rounds in which nothing was left over."""
IDEMPOTENCY_DAYS: Final = 7
"""Days for which an Idempotency-Key holds: a promise of the API, no setting."""

REVOCATION_DAYS: Final = 2
"""Days after which a revocation is forgotten whose tokens have expired."""


@dataclass(frozen=True, slots=True)
class Retention:
    """One kind of row that is deleted (or emptied) once it is old.

    `statement` does so to at most `:rows` rows from before `:before` and answers with a row for each,
    or with their number as `deleted`. `days` reads the setting. `clock`: which time the rows bear, the
    service's own (`<schema>.now()`, simulated in the demo) or the database's real one.
    """

    name: str
    statement: TextClause
    days: Callable[[Any], int]
    clock: Literal["service", "real"] = "service"


COMMON_RETENTIONS: Final = (
    Retention(
        "idempotency keys",
        text(
            """
            DELETE FROM idempotency WHERE (caller, key) IN (
                SELECT caller, key FROM idempotency WHERE answered_at <= :before
                LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: IDEMPOTENCY_DAYS,
        "real",
    ),
    Retention(
        "settled dead letters",
        text(
            """
            DELETE FROM dead_letters WHERE id IN (
                SELECT id FROM dead_letters WHERE settled_at <= :before
                ORDER BY settled_at LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: settings.dead_letter_days,
        "real",
    ),
    Retention(
        "revoked tokens",
        text(
            """
            DELETE FROM revoked_tokens WHERE jti IN (
                SELECT jti FROM revoked_tokens WHERE expires_at <= :before
                LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: REVOCATION_DAYS,
        "real",
    ),
    Retention(
        "revoked callers",
        text(
            """
            DELETE FROM revoked_callers WHERE (kind, name) IN (
                SELECT kind, name FROM revoked_callers WHERE expires_at <= :before
                LIMIT :rows FOR UPDATE SKIP LOCKED)
            """
        ),
        lambda settings: REVOCATION_DAYS,
        "real",
    ),
    # A function of the schema's owner, which the runtime role may call: it may not delete by itself.
    Retention(
        "firings",
        text("SELECT delete_old_firings(:before, :rows) AS deleted"),
        lambda settings: settings.firing_days,
    ),
)


async def delete_old(
    tx: Connection, retention: Retention, settings: Settings, rows: int = BATCH_ROWS
) -> int:
    """Delete at most `rows` old rows. Returns how many."""
    at = await (
        transaction_time(tx)
        if retention.clock == "service"
        else tx.scalar(text("SELECT statement_timestamp()"))
    )
    before = at - timedelta(days=retention.days(settings))
    result = await tx.execute(retention.statement, {"before": before, "rows": rows})
    return int(result.scalar_one()) if result.returns_rows else result.rowcount


async def delete_old_forever(
    database: Database, settings: Settings, retentions: Sequence[Retention]
) -> None:
    """Delete what is old, a batch in a transaction of its own, as long as the service runs."""
    while True:
        more = [await _try_batch(database, settings, one) for one in retentions]
        await asyncio.sleep(0 if any(more) else INTERVAL_S)


async def _try_batch(database: Database, settings: Settings, retention: Retention) -> bool:
    """Delete one batch. Returns whether more may be left; a failure is logged and tried again."""
    try:
        async with database.transaction() as tx:
            deleted = await delete_old(tx, retention, settings)
    except Exception as error:
        if not is_transient(error):
            log.exception("retention.failed", what=retention.name)
        return False
    metrics.RETENTION_DELETED.labels(retention.name).inc(deleted)
    return deleted == BATCH_ROWS
