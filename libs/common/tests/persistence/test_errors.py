"""Whose fault an exception is: only handler code and data count against a record."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import exc, text

from common.persistence.database import Connection, Database, asyncpg_connection
from common.persistence.errors import (
    Origin,
    counts_against_record,
    describe_error,
    is_transient,
    origin_of,
    sqlstate_of,
)


def state(code: str) -> asyncpg.PostgresError:
    return asyncpg.PostgresError.new({"C": code, "M": "a customer's words"})


@pytest.mark.parametrize(
    ("code", "origin"),
    [
        ("22003", Origin.RECORD),
        ("23505", Origin.RECORD),
        ("P0001", Origin.RECORD),
        ("08006", Origin.OPERATION),
        ("25P02", Origin.OPERATION),
        ("25P03", Origin.OPERATION),
        ("25006", Origin.OPERATION),
        ("40P01", Origin.OPERATION),
        ("53300", Origin.OPERATION),
        ("55P03", Origin.OPERATION),
        ("57014", Origin.OPERATION),
        ("57P01", Origin.OPERATION),
        ("58030", Origin.OPERATION),
        ("XX000", Origin.OPERATION),
        ("42P01", Origin.DEFECT),
        ("21000", Origin.DEFECT),
        ("ZZ999", Origin.DEFECT),
    ],
)
def test_a_database_error_is_judged_by_its_sqlstate(code: str, origin: Origin) -> None:
    assert origin_of(state(code)) is origin
    assert counts_against_record(state(code)) is (origin is Origin.RECORD)
    assert is_transient(state(code)) is (origin is Origin.OPERATION)
    assert describe_error(state(code)).endswith(f" {code}")
    assert "customer" not in describe_error(state(code))


@pytest.mark.parametrize(
    "ours",
    [
        TimeoutError(),
        ConnectionResetError(),
        OSError(28, "no space left on device"),
        socket.gaierror(),
        MemoryError(),
        asyncio.IncompleteReadError(b"", 1),
        asyncpg.InterfaceError("connection is closed"),
        exc.TimeoutError("QueuePool limit reached"),
        exc.PendingRollbackError(),
        ExceptionGroup("", [ValueError(), TimeoutError()]),
    ],
)
def test_what_fails_around_a_handler_is_our_operation(ours: Exception) -> None:
    assert origin_of(ours) is Origin.OPERATION


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), ZeroDivisionError(), exc.NoResultFound(), ExceptionGroup("", [KeyError()])],
)
def test_what_handler_code_raises_counts(error: Exception) -> None:
    assert counts_against_record(error)


def test_what_a_handler_raises_because_of_a_timeout_is_its_own() -> None:
    error = ValueError("no answer from the calendar")
    error.__cause__ = TimeoutError()
    assert counts_against_record(error)


async def _caught(database: Database, run: Callable[[Connection], Awaitable[object]]) -> Exception:
    try:
        async with database.transaction() as tx:
            await run(tx)
    except Exception as error:  # noqa: BLE001 - the subject of the test
        return error
    raise AssertionError("nothing was raised")


async def test_errors_of_the_real_database_are_found_inside_their_wrappers(
    database: Database,
) -> None:
    async def too_large(tx: Connection) -> object:
        return await tx.execute(text("SELECT CAST(:n AS int)"), {"n": 2**40})

    async def too_large_driver(tx: Connection) -> object:
        return await (await asyncpg_connection(tx)).fetchval("SELECT $1::int", 2**40)

    async def too_slow(tx: Connection) -> object:
        await tx.execute(text("SET LOCAL statement_timeout = 20"))
        return await tx.execute(text("SELECT pg_sleep(5)"))

    async def no_table(tx: Connection) -> object:
        return await (await asyncpg_connection(tx)).fetch("SELECT FROM nowhere")

    async def twice(tx: Connection) -> object:
        insert = text("INSERT INTO revoked_tokens VALUES ('a', now(), now(), 'b')")
        await tx.execute(insert)
        return await tx.execute(insert)

    found = {
        run.__name__: (origin_of(error), sqlstate_of(error))
        for run in (too_large, too_large_driver, too_slow, no_table, twice)
        for error in [await _caught(database, run)]
    }
    assert found == {
        "too_large": (Origin.RECORD, "22000"),
        "too_large_driver": (Origin.RECORD, "22000"),
        "too_slow": (Origin.OPERATION, "57014"),
        "no_table": (Origin.DEFECT, "42P01"),
        "twice": (Origin.RECORD, "23505"),
    }


async def test_a_pool_in_use_is_named(database: Database) -> None:
    full = Database(database.url, database.schema, pool_size=1)
    pool: Any = full.engine.pool
    pool._timeout, pool._max_overflow = 0.01, 0
    async with full.transaction():
        error = await _caught(full, lambda tx: tx.execute(text("SELECT 1")))
    await full.close()
    assert is_transient(error)
    assert describe_error(error) == "no free connection in the pool"
