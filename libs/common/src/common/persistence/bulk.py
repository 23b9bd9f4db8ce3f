"""Set-based INSERT and UPDATE: many rows by one statement, whose parameters are arrays.

The texts are built once, when a module is imported; they run on the asyncpg connection below the
transaction, because only asyncpg takes arrays as they are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg

from common.persistence.database import Connection, asyncpg_connection

Columns = Mapping[str, str]
"""The SQL type of each column, in the order in which a row has its values."""


def column_names(columns: Columns) -> str:
    """`id, title, …`: the list of an INSERT or of an alias."""
    return ", ".join(columns)


def column_values(columns: Columns) -> str:
    """`id, grounds::jsonb, …`: what an INSERT selects from `unnest`."""
    return ", ".join(
        name + ("::jsonb" if kind == "jsonb" else "") for name, kind in columns.items()
    )


def unnest(columns: Columns, alias: str, *, first: int = 1) -> str:
    """`(SELECT unnest($1::uuid[]) AS id, …) AS alias`: rows from arrays, numbered from `first` on.

    `unnest($1, $2, …)` would say the same, but stores each array's values before the first row.
    JSON is passed as text, because asyncpg has no codec for it in arrays: see `column_values`.
    """
    kinds = ("text" if kind == "jsonb" else kind for kind in columns.values())
    values = ", ".join(
        f"unnest(${number}::{kind}[]) AS {name}"
        for number, (name, kind) in enumerate(zip(columns, kinds, strict=True), first)
    )
    return f"(SELECT {values}) AS {alias}"


def insert_sql(table: str, columns: Columns, *, conflict: str = "", returning: str = "") -> str:
    """An INSERT of many rows. `conflict` is the text after ON CONFLICT."""
    return (
        f"INSERT INTO {table} ({column_names(columns)})"
        f" SELECT {column_values(columns)} FROM {unnest(columns, 'new')}"
        + (f" ON CONFLICT {conflict}" if conflict else "")
        + _returning_clause(returning)
    )


def update_sql(table: str, columns: Columns, *, returning: str = "") -> str:
    """An UPDATE of many rows, found by their `id`; all other columns are set."""
    changes = ", ".join(
        f"{name} = new.{name}" + ("::jsonb" if kind == "jsonb" else "")
        for name, kind in columns.items()
        if name != "id"
    )
    return (
        f"UPDATE {table} SET {changes} FROM {unnest(columns, 'new')} WHERE {table}.id = new.id"
        + _returning_clause(returning)
    )


def upsert_sql(
    table: str,
    columns: Columns,
    *,
    key: Sequence[str] = ("id",),
    keep: Collection[str] = (),
    returning: str = "",
) -> str:
    """An INSERT that updates the rows whose `key` exists; the columns in `keep` stay as they are."""
    changes = ", ".join(
        f"{name} = excluded.{name}" for name in columns if name not in key and name not in keep
    )
    conflict = f"({', '.join(key)}) DO UPDATE SET {changes}"
    return insert_sql(table, columns, conflict=conflict, returning=returning)


def transpose(rows: Sequence[Sequence[Any]], width: int) -> list[Sequence[Any]]:
    """The columns of rows: `width` sequences, empty where no row has a value.

    `unnest` fills up short arrays with nulls, and asyncpg takes half a microsecond for each element.
    """
    return [_present(column) for column in zip(*rows, strict=True)] or [()] * width


def _present(column: Sequence[Any]) -> Sequence[Any]:
    return column if any(value is not None for value in column) else ()


async def execute_many(tx: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement of this module with these rows; nothing where there are none."""
    if rows:
        await (await asyncpg_connection(tx)).execute(sql, *transpose(rows, len(rows[0])))


async def fetch_many(
    tx: Connection, sql: str, rows: Sequence[Sequence[Any]]
) -> "list[asyncpg.Record]":
    """The same for a statement that returns rows."""
    if not rows:
        return []
    return await (await asyncpg_connection(tx)).fetch(sql, *transpose(rows, len(rows[0])))


def _returning_clause(columns: str) -> str:
    return f" RETURNING {columns}" if columns else ""
