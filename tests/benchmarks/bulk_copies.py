"""Rows by the million for measurements: copies of what a service stored itself, made inside of the database.

Triggers and foreign keys stay quiet while they are made, indexes are made again afterwards, autovacuum rests and its
work is done at the end. A chunk of tickets is one transaction with all of its tables, so that a load can end after any.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from tests.benchmarks.copy_statements import SCHEMA, Copies, Numbers, insert_statement, seeds_of
from tests.benchmarks.dropped_indexes import (
    WORKERS,
    Connection,
    Keys,
    create_indexes,
    drop_indexes,
    vacuum,
)

REPORT_EVERY_S = 10.0

Say = Callable[[str], None]
GoesOn = Callable[[int, float], bool]
"""Whether to go on after so many tickets and seconds."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`tickets` with their `rows`; seconds for rows, and for indexes, VACUUM and statistics; bytes of tables and indexes."""

    tickets: int
    rows: int
    inserting_s: float
    finishing_s: float
    table_bytes: int
    index_bytes: int

    @property
    def seconds(self) -> float:
        return self.inserting_s + self.finishing_s

    @property
    def bytes_each(self) -> float:
        return (self.table_bytes + self.index_bytes) / self.tickets


@dataclass(slots=True)
class _Progress:
    """What two connections have made so far."""

    say: Say
    what: str
    wanted: int
    began: float
    reported: float
    tickets: int = 0
    rows: int = 0

    def add(self, tickets: int, rows: int) -> None:
        self.tickets, self.rows = self.tickets + tickets, self.rows + rows
        now = time.monotonic()
        if now - self.reported < REPORT_EVERY_S:
            return
        self.reported = now
        rate = self.tickets / (now - self.began)
        left = timedelta(seconds=round((self.wanted - self.tickets) / rate))
        self.say(
            f"{self.what}: {self.tickets:,} of {self.wanted:,} tickets, {rate:,.0f}/s"
            f" ({self.rows / (now - self.began):,.0f} rows/s), {left} left before indexes"
        )


async def prepare(connection: Connection, schema: str, tables: Sequence[Copies]) -> None:
    """Set the rows aside that are to be copied; they stay as they are now."""
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for one in tables:
        await connection.execute(f"CREATE TABLE {seeds_of(schema, one)} AS {one.source}")
        await connection.execute(f"ANALYZE {seeds_of(schema, one)}")


async def load(
    url: str,
    schema: str,
    tables: Sequence[Copies],
    numbers: Numbers,
    say: Say,
    goes_on: GoesOn,
) -> Loaded:
    """Make copies until all are made, or `goes_on(tickets, seconds)` says no. `url`: a superuser's."""
    names = [f"{schema}.{one.table}" for one in tables]
    async with _connections(url) as connections:
        statements = [
            await insert_statement(connections[0], schema, one, numbers) for one in tables
        ]
        before = await _sizes(connections[0], names)
        keys = await drop_indexes(connections[0], names)
        began = time.monotonic()
        progress = _Progress(say, schema, numbers.count, began, began)
        await _insert_all(connections, statements, numbers, progress, goes_on)
        inserted = time.monotonic()
        await _finish(connections, names, keys, say)
        sizes = await _sizes(connections[0], names)
    return Loaded(
        progress.tickets,
        progress.rows,
        inserted - began,
        time.monotonic() - inserted,
        sizes[0] - before[0],
        sizes[1] - before[1],
    )


async def remove(url: str, schema: str, tables: Sequence[Copies]) -> None:
    """Give the disk back that the copies take, with all that names these tickets."""
    connection = await asyncpg.connect(url)
    partly = [one for one in tables if one.stays_where != "false"]
    names = ", ".join(f"{schema}.{one.table}" for one in tables)
    try:
        async with connection.transaction():
            for one in partly:
                rows = f"SELECT * FROM {schema}.{one.table} WHERE {one.stays_where}"
                await connection.execute(
                    f"CREATE TABLE {SCHEMA}.kept_{schema}_{one.table} AS {rows}"
                )
            await connection.execute(f"TRUNCATE {names} CASCADE")
            for one in partly:
                target, rows = f"{schema}.{one.table}", f"{SCHEMA}.kept_{schema}_{one.table}"
                await connection.execute(
                    f"INSERT INTO {target} OVERRIDING SYSTEM VALUE SELECT * FROM {rows}"
                )
    finally:
        await connection.close()


async def _finish(
    connections: Sequence[Connection], names: Sequence[str], keys: Keys, say: Say
) -> None:
    began = time.monotonic()
    await create_indexes(connections, keys, say)
    say(f"{len(keys.indexes)} indexes made in {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    await vacuum(connections, names)
    await connections[0].execute("CHECKPOINT")
    say(f"{len(names)} tables vacuumed and analyzed in {time.monotonic() - began:.0f} s")


@asynccontextmanager
async def _connections(url: str) -> AsyncIterator[list[Connection]]:
    """One for each worker, which triggers and foreign keys do not see; autovacuum rests meanwhile."""
    settings = {
        "session_replication_role": "replica",
        "synchronous_commit": "off",
        "maintenance_work_mem": "1GB",
        "max_parallel_maintenance_workers": "1",
        "work_mem": "256MB",
    }
    connections = [
        await asyncpg.connect(url, server_settings=settings, command_timeout=3600)
        for _ in range(WORKERS)
    ]
    try:
        await connections[0].execute("ALTER SYSTEM SET autovacuum = off")
        await connections[0].execute("SELECT pg_reload_conf()")
        yield connections
        await connections[0].execute("ALTER SYSTEM RESET autovacuum")
        await connections[0].execute("SELECT pg_reload_conf()")
    finally:
        for connection in connections:
            connection.terminate()


async def _insert_all(
    connections: Sequence[Connection],
    statements: Sequence[str],
    numbers: Numbers,
    progress: _Progress,
    goes_on: GoesOn,
) -> None:
    chunks = numbers.chunks()

    async def work(connection: Connection) -> None:
        for first, last in chunks:
            if not goes_on(progress.tickets, time.monotonic() - progress.began):
                return
            progress.add(last - first + 1, await _insert(connection, statements, first, last))

    async with asyncio.TaskGroup() as workers:
        for connection in connections:
            workers.create_task(work(connection))


async def _insert(connection: Connection, statements: Sequence[str], first: int, last: int) -> int:
    """Make these copies; how many rows they are."""
    rows = 0
    async with connection.transaction():
        for statement in statements:
            done = await connection.execute(statement, first, last)
            rows += int(done.rpartition(" ")[2])
    return rows


async def _sizes(connection: Connection, names: Sequence[str]) -> tuple[int, int]:
    """Bytes of these tables, and of their indexes."""
    row = await connection.fetchrow(
        "SELECT sum(pg_table_size(one))::bigint AS tables, sum(pg_indexes_size(one))::bigint AS indexes"
        " FROM unnest($1::text[]::regclass[]) one",
        list(names),
    )
    assert row is not None
    return row["tables"], row["indexes"]
