"""Put a test's database back to what its template holds: a third of the price of dropping and cloning it.

A database that a test changed in any other way than by its rows is not put back: `reset` says so.
"""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

_NOTE_SCHEMA_CHANGES: Final = """
CREATE SCHEMA schema_changes;
CREATE TABLE schema_changes.noted (tag text NOT NULL);
CREATE FUNCTION schema_changes.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$BEGIN INSERT INTO schema_changes.noted VALUES (tg_tag); END$$;
CREATE EVENT TRIGGER note_schema_changes ON ddl_command_end EXECUTE FUNCTION schema_changes.note();
"""
_IS_CHANGED: Final = """
SELECT EXISTS (SELECT FROM schema_changes.noted)
    OR EXISTS (SELECT FROM pg_db_role_setting AS s
               JOIN pg_database AS d ON d.oid = s.setdatabase AND d.datname = current_database())
    -- The planner would know the rows of an earlier test.
    OR EXISTS (SELECT FROM pg_statistic WHERE starelid >= 16384)
"""
_HANG_UP: Final = """
SELECT bool_and(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND pid <> ALL ($1)
"""
_TABLES_WITH_PAGES: Final = """
SELECT n.nspname AS schema, c.relname AS name, pg_relation_size(c.oid) AS bytes FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.oid >= 16384 AND pg_relation_size(c.oid) > 0
"""
_LARGE_BYTES: Final = 262_144
"""From here on a table is truncated, which makes new files; deleting some rows is much cheaper."""
_SEQUENCES: Final = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name,
       coalesce(last_value, start_value) AS value, last_value IS NOT NULL AS is_called
FROM pg_sequences
"""

_Table = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a template holds: rows by (schema, table) as COPY writes them, and where its sequences are."""

    rows: Mapping[_Table, bytes]
    sequences: Mapping[str, tuple[int, bool]]


async def note_schema_changes(connection: asyncpg.Connection) -> None:
    """Have a template's clones note each change of their schema. As a superuser, once."""
    await connection.execute(_NOTE_SCHEMA_CHANGES)


async def read_contents(connection: asyncpg.Connection) -> Contents:
    """Read what a template holds."""
    rows = {table: await _copied(connection, table) for table in await _filled_tables(connection)}
    return Contents(rows, await _sequences(connection))


async def reset(
    connection: asyncpg.Connection, contents: Contents, pooled: Collection[int] = ()
) -> bool:
    """Put a clone's rows and sequences back, as a superuser. False where it must be dropped instead.

    Whoever is still connected is hung up on, but for the server processes `pooled`, which are at rest:
    what a test left running writes into no other test.
    """
    if await connection.fetchval(_HANG_UP, list(pooled)) is False:
        return False
    if await connection.fetchval(_IS_CHANGED):
        return False
    async with connection.transaction():
        # Neither triggers nor foreign keys: audit trails refuse to be emptied.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await _empty(connection)
        for (schema, table), rows in contents.rows.items():
            await connection.copy_to_table(
                table, schema_name=schema, source=io.BytesIO(rows), format="binary"
            )
        for name, (value, is_called) in (await _sequences(connection)).items():
            if contents.sequences[name] != (value, is_called):
                await connection.execute(
                    "SELECT setval($1::text::regclass, $2, $3)", name, *contents.sequences[name]
                )
    return True


async def _empty(connection: asyncpg.Connection) -> None:
    sizes = await _filled_tables(connection)
    large = ", ".join(_name(table) for table, size in sizes.items() if size >= _LARGE_BYTES)
    deletions = "".join(f"DELETE FROM ONLY {_name(table)};" for table in sizes)
    await connection.execute((f"TRUNCATE {large} CASCADE;" if large else "") + deletions)


async def _filled_tables(connection: asyncpg.Connection) -> dict[_Table, int]:
    """Tables that have or had rows, with their bytes: asking each for a row costs more."""
    rows = await connection.fetch(_TABLES_WITH_PAGES)
    return {(row["schema"], row["name"]): row["bytes"] for row in rows}


def _name(table: _Table) -> str:
    return f'"{table[0]}"."{table[1]}"'


async def _copied(connection: asyncpg.Connection, table: _Table) -> bytes:
    output = io.BytesIO()
    await connection.copy_from_table(table[1], schema_name=table[0], output=output, format="binary")
    return output.getvalue()


async def _sequences(connection: asyncpg.Connection) -> dict[str, tuple[int, bool]]:
    return {
        row["name"]: (row["value"], row["is_called"]) for row in await connection.fetch(_SEQUENCES)
    }
