"""The loop that makes documents, and puts new tickets into the queue: nobody who writes waits for it."""

import asyncio
from typing import Any, Final

from sqlalchemy import text

from common.persistence.database import Database
from common.runtime import Runtime
from intake.queue.store import promises
from intake.search import store

INTERVAL_S: Final = 1.0
"""Seconds between two looks for what is new, once there was nothing more."""
MAX_TICKETS: Final = 500
"""Tickets of one transaction, so that none of them waits long for the others."""
_ONE_AT_A_TIME: Final = text(
    "SELECT pg_try_advisory_xact_lock(7270031, hashtext(current_schema()))"
)


async def run_indexing(runtime: Runtime[Any]) -> None:
    """Index for as long as the service runs."""
    while True:
        if not await index(runtime.database):
            await asyncio.sleep(INTERVAL_S)


async def index(database: Database) -> bool:
    """Index the next tickets. True where there may be more; False also while another replica does it."""
    async with database.transaction() as tx:
        if not await tx.scalar(_ONE_AT_A_TIME):
            return False
        opened = await store.find_opened(tx, MAX_TICKETS)
        changed = await store.take_changes(tx, MAX_TICKETS)
        if ids := {*opened.ids, *changed}:
            await store.rebuild(tx, ids)
        if opened.ids:
            await promises.enter_new(tx, opened.ids)
        if opened.is_progress:
            await store.save_progress(tx, opened)
        return MAX_TICKETS in {len(opened.ids), len(changed)}
