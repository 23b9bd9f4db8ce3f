"""What tests read from the database, or change in it, beside the service."""

from typing import Any

from sqlalchemy import text

from common.persistence.database import Database


async def run_sql(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.transaction() as tx:
        result = await tx.execute(text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []


async def expire_leases(database: Database) -> None:
    """Let every lease, and every wait for a retry, be over."""
    await run_sql(database, "UPDATE notifications SET next_try_at = statement_timestamp()")


async def notification_states(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT person, channel, state FROM notifications ORDER BY 1, 2")


async def leave_only_anna(database: Database) -> None:
    """Let anna be the only one at first level."""
    await run_sql(database, "UPDATE people SET retired = true WHERE sub = 'omar'")
