"""The two forms of `<schema>.now()`: the database's clock, or that clock moved or frozen.

Both are STABLE, so that an index scan calls them once; the plain one is inlined, too.
"""

from typing import Any, Literal

import asyncpg

TimeMode = Literal["plain", "simulated", "unknown", "missing"]

PLAIN_SQL = "SELECT statement_timestamp()"
SIMULATED_SQL = (
    'SELECT coalesce(s.frozen_at, statement_timestamp() + s."offset")'
    " FROM {schema}.simulated_time s"
)
FUNCTION_LOCK_ID = 7_270_002
"""Advisory lock: PostgreSQL refuses two sessions that replace a function at the same time."""


async def install_now_function(
    connection: "asyncpg.Connection[Any]", schema: str, *, simulated: bool
) -> bool:
    """Install a form of the function, as the schema's owner. Returns whether it was changed."""
    mode: TimeMode = "simulated" if simulated else "plain"
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", FUNCTION_LOCK_ID)
        if await installed_time_mode(connection, schema) == mode:
            return False
        body = (SIMULATED_SQL if simulated else PLAIN_SQL).format(schema=schema)
        await connection.execute(
            f"CREATE OR REPLACE FUNCTION {schema}.now() RETURNS timestamptz "
            f"LANGUAGE sql STABLE PARALLEL SAFE AS '{body}'"
        )
    return True


async def installed_time_mode(connection: "asyncpg.Connection[Any]", schema: str) -> TimeMode:
    """Return the form that is installed; `unknown` for any other text."""
    row = await connection.fetchrow(
        "SELECT p.prosrc, p.provolatile::text, p.proconfig, p.prosecdef, l.lanname::text "
        "FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang "
        "WHERE p.oid = to_regprocedure($1)",
        f"{schema}.now()",
    )
    if row is None:
        return "missing"
    body, *nature = row
    if nature != ["s", None, False, "sql"]:
        return "unknown"
    forms: dict[str, TimeMode] = {
        PLAIN_SQL: "plain",
        SIMULATED_SQL.format(schema=schema): "simulated",
    }
    return forms.get(body, "unknown")
