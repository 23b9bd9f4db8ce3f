"""Ends reports of BI tools that run longer than their role may, whatever they set (decision 0803).

PostgreSQL lets every role lift its own `statement_timeout` for a session. The function is made by
`prepare_database`; it ends sessions of `opsdesk_reporting` and no others.
"""

import asyncio
from datetime import timedelta
from typing import Final

from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.errors import is_transient
from common.telemetry import logger

log = logger(__name__)

MAX_STATEMENT: Final = timedelta(seconds=30)
"""How long a statement, or the pause after one in a transaction, may last."""
MAX_TRANSACTION: Final = timedelta(minutes=5)
WATCH_INTERVAL_S: Final = 10.0

_END = text("SELECT reporting.end_overdue_reports(:statement, :transaction)")


async def end_overdue(
    database: Database,
    statement: timedelta = MAX_STATEMENT,
    transaction: timedelta = MAX_TRANSACTION,
) -> int:
    """End sessions whose statement or transaction is older; the number of those that were ended."""
    async with database.transaction() as tx:
        limits = {"statement": statement, "transaction": transaction}
        return int(await tx.scalar(_END, limits) or 0)


async def watch_forever(database: Database) -> None:
    """Look every WATCH_INTERVAL_S seconds, until cancelled."""
    while True:
        try:
            if ended := await end_overdue(database):
                log.warning("reports.ended", sessions=ended)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("reports.not_watched", error=type(error).__name__)
        await asyncio.sleep(WATCH_INTERVAL_S)
