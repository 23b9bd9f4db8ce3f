"""The two forms of `<schema>.now()`: the database's own clock, or that clock moved or frozen.

Both are STABLE, so that an index scan asks them once; the plain one is inlined as well.
"""

from typing import Any, Literal

import asyncpg

Form = Literal["plain", "simulated", "unknown", "missing"]

PLAIN = "SELECT statement_timestamp()"
SIMULATED = (
    'SELECT coalesce(s.frozen_at, statement_timestamp() + s."offset")'
    " FROM {schema}.simulated_time s"
)
LOCK = 7_270_002
"""Advisory lock: PostgreSQL refuses two sessions that replace one function at the same instant."""


async def install(connection: "asyncpg.Connection[Any]", schema: str, *, simulated: bool) -> bool:
    """Give the schema the wanted form, as its owner. True where it was another one before."""
    wanted: Form = "simulated" if simulated else "plain"
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if await form_of(connection, schema) == wanted:
            return False
        body = (SIMULATED if simulated else PLAIN).format(schema=schema)
        await connection.execute(
            f"CREATE OR REPLACE FUNCTION {schema}.now() RETURNS timestamptz "
            f"LANGUAGE sql STABLE PARALLEL SAFE AS '{body}'"
        )
    return True


async def form_of(connection: "asyncpg.Connection[Any]", schema: str) -> Form:
    """Which form stands in the database; anything that is neither, to the letter, is unknown."""
    found = await connection.fetchrow(
        "SELECT p.prosrc, p.provolatile::text, p.proconfig, p.prosecdef, l.lanname::text "
        "FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang "
        "WHERE p.oid = to_regprocedure($1)",
        f"{schema}.now()",
    )
    if found is None:
        return "missing"
    body, *nature = found
    if nature != ["s", None, False, "sql"]:
        return "unknown"
    forms: dict[str, Form] = {PLAIN: "plain", SIMULATED.format(schema=schema): "simulated"}
    return forms.get(body, "unknown")
