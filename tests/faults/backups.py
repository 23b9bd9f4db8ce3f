"""Backups of schemas, taken while the services run, and their restoration, as `pg_dump` would do it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

SEQUENCES = """
    SELECT schemaname AS schema, sequencename AS name, coalesce(last_value, start_value) AS last,
        last_value IS NOT NULL AS is_called
    FROM pg_sequences WHERE schemaname = ANY($1::text[])
"""
TABLES = """
    SELECT table_schema AS schema, table_name AS name, string_agg(quote_ident(column_name), ', ')
        FILTER (WHERE is_generated = 'NEVER') AS columns
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema = ANY($1::text[]) GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Backup:
    """The columns of each saved table, and where the sequences were."""

    schemas: tuple[str, ...]
    tables: Mapping[tuple[str, str], str]
    sequences: tuple[tuple[str, int, bool], ...]


async def back_up(admin_url: str, schemas: Iterable[str]) -> Backup:
    """Save these schemas as they are at one moment."""
    names = tuple(schemas)
    connection = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute("DROP SCHEMA IF EXISTS backup CASCADE; CREATE SCHEMA backup")
            tables = {
                (row["schema"], row["name"]): row["columns"]
                for row in await connection.fetch(TABLES, names)
            }
            for schema, name in tables:
                await connection.execute(
                    f"CREATE TABLE backup.{_copy(schema, name)} AS TABLE {schema}.{name}"
                )
            rows = await connection.fetch(SEQUENCES, names)
        sequences = tuple((f"{r['schema']}.{r['name']}", r["last"], r["is_called"]) for r in rows)
        return Backup(names, tables, sequences)
    finally:
        await connection.close()


async def restore_backup(admin_url: str, backup: Backup) -> None:
    """Put the saved schemas back. Nothing may be connected to them."""
    connection = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            names = ", ".join(f"{schema}.{name}" for schema, name in backup.tables)
            await connection.execute(f"TRUNCATE {names}")
            for (schema, name), columns in backup.tables.items():
                await _fill(connection, schema, name, columns)
            for sequence, last, is_called in backup.sequences:
                await connection.execute(
                    "SELECT setval($1::text::regclass, $2, $3)", sequence, last, is_called
                )
    finally:
        await connection.close()


async def _fill(connection: Any, schema: str, name: str, columns: str) -> None:
    await connection.execute(
        f"INSERT INTO {schema}.{name} ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT {columns} FROM backup.{_copy(schema, name)}"
    )


def _copy(schema: str, name: str) -> str:
    return f"{schema}_{name}"
