"""Store what a file holds batch by batch, and report on all of it, also where the database gives up half-way."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from common.persistence.database import Connection, Database, is_transient
from common.persistence.errors import CONNECTION_ERRORS, describe_error
from common.telemetry import logger

log = logger(__name__)

ATTEMPTS: Final = 3
"""How often a batch is tried: another file may hold what it needs, and wait for what it holds (40P01)."""
NOT_STORED: Final = (
    "not stored: the database gave up on this batch; what is above is stored. Send the file again"
)

R = TypeVar("R")
I = TypeVar("I")


async def store_in_batches(
    database: Database,
    rows: Sequence[R],
    size: int,
    store: Callable[[Connection, Sequence[R]], Awaitable[Sequence[I]]],
    refuse: Callable[[R, str], I],
) -> list[I]:
    """Store the rows, `size` in one transaction, and return what became of each.

    Where a batch cannot be stored, it and the rest are refused. Raises what the database raises where that is the first.
    """
    items: list[I] = []
    for start in range(0, len(rows), size):
        try:
            items += await _store_batch(database, rows[start : start + size], store)
        except (SQLAlchemyError, *CONNECTION_ERRORS) as error:
            if not items:
                raise
            log.warning("import.not_finished", stored=len(items), error=describe_error(error))
            return items + [refuse(row, NOT_STORED) for row in rows[start:]]
    return items


async def _store_batch(
    database: Database,
    rows: Sequence[R],
    store: Callable[[Connection, Sequence[R]], Awaitable[Sequence[I]]],
) -> Sequence[I]:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with database.transaction() as tx:
                return await store(tx, rows)
        except Exception as error:
            if attempt == ATTEMPTS or not is_transient(error):
                raise
            log.info("import.batch_tried_again", error=describe_error(error))
    raise AssertionError("the last attempt returns or raises")
