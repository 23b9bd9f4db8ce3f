"""The loop that puts new tickets into the queue and makes documents: nobody who writes waits for it."""

import asyncio
from typing import Any, Final

from sqlalchemy import text

from common.persistence.database import Connection, Database
from common.persistence.errors import describe_error, is_transient
from common.runtime import Runtime
from common.telemetry import logger
from intake.queue.store import promises
from intake.search import store

log = logger(__name__)

INTERVAL_S: Final = 1.0
"""Seconds between two looks for what is new, once there was nothing more."""
PAUSE_FOR_WORK: Final = 3.0
"""Seconds of pause for each second of work while there is more: a flood of tickets comes first."""
MAX_OPENED: Final = 2_000
MAX_CHANGED: Final = 200
"""Tickets of one transaction, so that none of them waits long for the others."""
_ONE_AT_A_TIME: Final = text(
    "SELECT pg_try_advisory_xact_lock(7270031, hashtext(current_schema()))"
)


async def run_indexing(runtime: Runtime[Any]) -> None:
    """Index for as long as the service runs, whatever happens to the database meanwhile."""
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            has_more = await index(runtime.database)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("search.not_indexed", error=describe_error(error))
            has_more = False
        await asyncio.sleep(PAUSE_FOR_WORK * (clock() - began) if has_more else INTERVAL_S)


async def index(database: Database) -> bool:
    """Index the next tickets. True where there may be more; False also while another replica does it."""
    has_more = False
    for step in (_enter_opened, _make_documents):
        async with database.transaction() as tx:
            if not await tx.scalar(_ONE_AT_A_TIME):
                return False
            has_more = await step(tx) or has_more
    return has_more


async def _enter_opened(tx: Connection) -> bool:
    """Put new tickets into the queue, and on the list of those whose words changed. True: there may be more."""
    opened = await store.find_opened(tx, MAX_OPENED)
    if opened.ids:
        await promises.enter_new(tx, opened.ids)
        await store.add_changes(tx, opened.ids)
    if opened.is_progress:
        await store.save_progress(tx, opened)
    return len(opened.ids) == MAX_OPENED


async def _make_documents(tx: Connection) -> bool:
    """Make the documents of tickets whose words changed. True where there may be more."""
    changed = await store.take_changes(tx, MAX_CHANGED)
    if changed:
        await store.rebuild(tx, set(changed))
    return len(changed) == MAX_CHANGED
