"""One statement that is its own transaction: one round trip in place of three."""

from typing import TYPE_CHECKING

from common.persistence.database import Database, driver_of
from common.persistence.row_scope import current_scope

if TYPE_CHECKING:
    import asyncpg


async def fetch_alone(database: Database, sql: str, *values: object) -> "list[asyncpg.Record]":
    """Read by one statement, for a loop that looks often and reads every row.

    Raises RuntimeError in the request of a customer's contact, who may not read every row.
    """
    if current_scope() is not None:
        raise RuntimeError("a request reads by a transaction, which knows whose rows it may read")
    async with database.engine.connect() as connection:
        try:
            return await driver_of(connection).fetch(sql, *values)
        except BaseException:
            # The pool sees no error of a statement that passes it by.
            await connection.invalidate()
            raise
