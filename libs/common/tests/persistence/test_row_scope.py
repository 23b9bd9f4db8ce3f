"""A contact's transactions touch the rows of their customer alone, by the database's own rules."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.persistence.database import Connection, Database
from common.persistence.row_scope import (
    RowScope,
    ScopedConnection,
    current_scope,
    rows_of_nobody,
    set_scope,
)
from common.persistence.workload import COMMANDS
from opsdesk_testing.row_walls import as_contact_of

HOSTILE = "acme'; RESET ROLE; SELECT 'x"
SINGLE = replace(COMMANDS, name="single", connections=1)
COUNT = text("SELECT count(*) FROM idempotency")


async def store_keys(database: Database, *callers: str) -> None:
    async with database.transaction() as tx:
        for caller in callers:
            await tx.execute(
                text(
                    "INSERT INTO idempotency (caller, key, request, status, headers, body)"
                    " VALUES (:caller, 'k', '', 201, '{}', 'secret')"
                ),
                {"caller": caller},
            )


async def whoami(tx: Connection) -> tuple[str, str]:
    row = (
        await tx.execute(text("SELECT current_user, current_setting('opsdesk.customer', true)"))
    ).one()
    return row[0], row[1] or ""


async def test_a_contact_sees_what_is_theirs_and_nobody_sees_nothing(database: Database) -> None:
    await store_keys(database, "jan", "britta")
    with as_contact_of("acme", "jan"):
        async with database.transaction() as tx:
            assert await tx.scalar(COUNT) == 1
    with rows_of_nobody():
        async with database.transaction() as tx:
            assert await tx.scalar(COUNT) == 0, "one who forgot to say for whom reads nothing"
        async with database.transaction(all_rows=True) as tx:
            assert await tx.scalar(COUNT) == 2
    async with database.transaction() as tx:
        assert await tx.scalar(COUNT) == 2


async def test_the_scope_ends_with_its_transaction(database: Database) -> None:
    """The next one on the same connection is the service's own again."""
    single = database.for_workload(SINGLE)
    async with single.transaction() as tx:
        before = await whoami(tx)
    with as_contact_of("acme", "jan"):
        async with single.transaction() as tx:
            assert await whoami(tx) == ("opsdesk_sla_contact", "acme")
    with as_contact_of("acme", "jan"), pytest.raises(DBAPIError):
        async with single.transaction() as tx:
            await tx.execute(text("SELECT 1 / 0"))
    assert current_scope() is None
    async with single.transaction() as tx:
        assert await whoami(tx) == before == ("opsdesk_sla", "")


async def test_it_costs_no_round_trip(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Role and customer go in the message of the BEGIN; for our own people nothing is added."""
    async with database.transaction() as tx:
        await tx.scalar(COUNT)  # the first connection asks for PostgreSQL's version
    sent: list[str] = []
    base: Any = ScopedConnection.__bases__[0]
    execute = base.execute

    async def record(self: ScopedConnection, query: str, *args: object, **more: object) -> object:
        sent.append(query)
        return await execute(self, query, *args, **more)

    monkeypatch.setattr(base, "execute", record)
    async with database.transaction() as tx:
        await tx.scalar(COUNT)
    assert sent == ["BEGIN;", "COMMIT;"]
    sent.clear()
    with as_contact_of("acme", "jan"):
        async with database.transaction() as tx:
            await tx.scalar(COUNT)
    begin, commit = sent
    assert begin.startswith("BEGIN;SET LOCAL ROLE opsdesk_sla_contact;")
    assert commit == "COMMIT;"


@pytest.mark.parametrize("name", [HOSTILE, "a\\'b", "'", "\0", "ä漢", "x" * 5000])
async def test_no_name_breaks_out_of_its_quotes(database: Database, name: str) -> None:
    with as_contact_of(name, name):
        async with database.transaction() as tx:
            role, customer = await whoami(tx)
    assert role == "opsdesk_sla_contact"
    assert customer == ("" if "\0" in name else name)


async def test_a_contact_reads_no_table_that_was_not_opened(database: Database) -> None:
    for table in ("outbox", "audit", "inbox", "dead_letters", "deadlines"):
        with as_contact_of("acme"), pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction() as tx:
                await tx.execute(text(f"SELECT FROM {table}"))


async def test_a_begin_that_fails_leaves_no_connection_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next transaction would run on without its role."""
    single = database.for_workload(SINGLE)
    monkeypatch.setattr(
        RowScope, "begin_sql", lambda _self, _schema: ";SET LOCAL ROLE opsdesk_missing"
    )
    for _ in range(2):
        with as_contact_of("acme"), pytest.raises(DBAPIError, match="opsdesk_missing"):
            async with single.transaction() as tx:
                await tx.scalar(COUNT)
    async with single.transaction() as tx:
        assert await tx.scalar(COUNT) == 0


def test_what_a_request_sets_ends_with_it() -> None:
    with rows_of_nobody():
        assert current_scope() == RowScope("", "")
        set_scope(None)
        assert current_scope() is None
        with rows_of_nobody():
            set_scope(RowScope("acme", "jan"))
        assert current_scope() is None
    assert current_scope() is None
