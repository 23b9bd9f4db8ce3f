"""The indexes, keys and references of tables that are filled: taken away before, made again by several connections after."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import asyncpg

WORKERS = 2
"""Connections that fill, index and vacuum beside each other: one for each core of the machine that figures come from."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")

_CONSTRAINTS = """
SELECT conrelid::regclass::text AS "table", conname AS name, contype::text AS kind, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY($1::text[]::regclass[])
    OR contype = 'f' AND confrelid = ANY($1::text[]::regclass[]))
"""
_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition, am.amname AS method
FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am am ON am.oid = c.relam
WHERE indrelid = ANY($1::text[]::regclass[])
"""


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    definition: str
    is_slow: bool
    """Whether it takes much longer than others: it is made first, so that nobody waits for it alone."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What was taken away; `constraints` are the statements that bring keys and references back."""

    indexes: tuple[Index, ...]
    constraints: tuple[str, ...]


async def drop_indexes(connection: Connection, tables: Sequence[str]) -> Keys:
    """Take them away: references first, since they need the keys."""
    constraints = await connection.fetch(_CONSTRAINTS, list(tables))
    found = await connection.fetch(_INDEXES, list(tables))
    async with connection.transaction():
        for row in sorted(constraints, key=lambda row: row["kind"] != "f"):
            await connection.execute(f'ALTER TABLE {row["table"]} DROP CONSTRAINT "{row["name"]}"')
        for row in found:
            await connection.execute(f"DROP INDEX IF EXISTS {row['name']}")
    keys = sorted(constraints, key=lambda row: row["kind"] == "f")
    return Keys(
        tuple(Index(row["name"], row["definition"], row["method"] == "gin") for row in found),
        tuple(_restored(row) for row in keys),
    )


async def create_indexes(
    connections: Sequence[Connection], keys: Keys, say: Callable[[str], None]
) -> None:
    """Make the indexes again, the connections beside each other, then keys and references."""

    async def create(connection: Connection, index: Index) -> None:
        began = time.monotonic()
        await connection.execute(index.definition)
        if (seconds := time.monotonic() - began) > 10:
            say(f"{index.name} in {seconds:.0f} s")

    await _share_out(connections, sorted(keys.indexes, key=lambda one: not one.is_slow), create)
    for statement in keys.constraints:
        await connections[0].execute(statement)


async def vacuum(connections: Sequence[Connection], tables: Sequence[str]) -> None:
    """What autovacuum would do by and by: pages known as visible, and statistics."""

    async def each(connection: Connection, table: str) -> None:
        await connection.execute(f"VACUUM (ANALYZE) {table}")

    await _share_out(connections, tables, each)


@asynccontextmanager
async def without_indexes(connection: Connection, table: str) -> AsyncIterator[None]:
    """For one statement that fills a table. Not made again where it fails: the database is given up then."""
    keys = await drop_indexes(connection, [table])
    yield
    await create_indexes([connection], keys, lambda line: None)
    await vacuum([connection], [table])


def _restored(constraint: asyncpg.Record) -> str:
    """References are held for new rows from now on; those of copies are right by their making."""
    table, name, kind = constraint["table"], constraint["name"], constraint["kind"]
    if kind == "f":
        definition = constraint["definition"].removesuffix(" NOT VALID")
        return f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID'
    what = "PRIMARY KEY" if kind == "p" else "UNIQUE"
    return f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {what} USING INDEX "{name}"'


async def _share_out(
    connections: Sequence[Connection],
    things: Sequence[T],
    each: Callable[[Connection, T], Awaitable[None]],
) -> None:
    """The next thing to whichever connection is free."""
    left = iter(things)

    async def work(connection: Connection) -> None:
        for thing in left:
            await each(connection, thing)

    async with asyncio.TaskGroup() as workers:
        for connection in connections:
            workers.create_task(work(connection))
