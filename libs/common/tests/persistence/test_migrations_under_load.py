"""Migrations while the service works: nobody waits behind them for long, and they come through."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from common.persistence.migration_locks import LockPatience, LockUnavailableError
from common.persistence.migrations import migrate
from opsdesk_testing.waiting import until

ENV = """
from sqlalchemy import MetaData

from common.persistence.migrations import run_migrations

run_migrations(MetaData())
"""
REVISION = """
from pathlib import Path

from alembic import op

from common.persistence.migrations import {how}

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    {how}(op, *sorted(Path(__file__).parent.glob("{revision}_*.sql")))
"""
FIRST = "CREATE TABLE cards (id int, n int); INSERT INTO cards SELECT i, i FROM generate_series(1, 1000) i"
IMPATIENT = LockPatience(timeout_s=0.1, give_up_after_s=30, first_pause_s=0.05, longest_pause_s=0.1)

AddRevision = Callable[..., str]


@pytest.fixture
def add_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddRevision:
    """Add a revision with these scripts to the module `loaded`, which has FIRST."""
    versions = tmp_path / "loaded" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "loaded" / "__init__.py").touch()
    (versions.parent / "env.py").write_text(ENV)
    number = 0

    def add(*scripts: str, how: str = "execute_script") -> str:
        nonlocal number
        number += 1
        before = f"{number - 1:04}" if number > 1 else None
        text = REVISION.format(revision=f"{number:04}", before=before, how=how)
        (versions / f"{number:04}_r.py").write_text(text)
        for n, script in enumerate(scripts):
            (versions / f"{number:04}_{n}.sql").write_text(script)
        return "loaded"

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "loaded", raising=False)
    add(FIRST)
    return add


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(owner_url, server_settings={"search_path": "sla"})
    yield connection
    await connection.close()


@asynccontextmanager
async def open_transaction(url: str, *statements: str) -> AsyncIterator[None]:
    """Somebody's transaction that has done these statements and does not end."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "sla"})
    transaction = connection.transaction()
    await transaction.start()
    for statement in statements:
        await connection.execute(statement)
    yield
    await transaction.rollback()
    await connection.close()


async def write_for(connection: Any, seconds: float) -> int:
    """Write to the table again and again. Returns how often.

    Raises TimeoutError where a write waits for the transaction that is open meanwhile: it ends only
    after the last write.
    """
    ends_at, writes = time.monotonic() + seconds, 0
    while time.monotonic() < ends_at:
        await connection.execute("INSERT INTO cards VALUES (0, 0)", timeout=5)
        writes += 1
        await asyncio.sleep(0.005)  # the rate
    return writes


async def test_writers_do_not_wait_behind_a_migration_that_waits(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    """A report reads the table; without a time-out all writers would wait until it ends."""
    await migrate(owner_url, "sla", add_revision("SELECT 1"))
    name = add_revision("ALTER TABLE cards ADD COLUMN later text")
    async with open_transaction(owner_url, "SELECT count(*) FROM cards"):
        migrating = asyncio.create_task(migrate(owner_url, "sla", name, IMPATIENT))
        assert await write_for(owner, 2) > 1
        assert not migrating.done()
    assert await migrating == ("0002", "0003")
    assert await owner.fetchval("SELECT count(later) FROM cards") == 0


async def test_what_is_finished_stays_and_the_rest_is_tried_again(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    await migrate(owner_url, "sla", add_revision("SELECT 1"))
    add_revision("CREATE TABLE finished ()")
    name = add_revision("ALTER TABLE cards ADD COLUMN later text")

    async def first_is_stored() -> bool:
        found = await owner.fetchval("SELECT version_num FROM alembic_version")
        return bool(found == "0003")

    async with open_transaction(owner_url, "SELECT count(*) FROM cards"):
        migrating = asyncio.create_task(migrate(owner_url, "sla", name, IMPATIENT))
        await until(first_is_stored)
        assert not migrating.done()
    assert await migrating == ("0002", "0004")


async def test_it_gives_up_with_a_sentence(owner_url: str, add_revision: AddRevision) -> None:
    await migrate(owner_url, "sla", add_revision("SELECT 1"))
    name = add_revision("ALTER TABLE cards ADD COLUMN later text")
    async with open_transaction(owner_url, "SELECT count(*) FROM cards"):
        with pytest.raises(LockUnavailableError, match="a table stayed locked for 1 s"):
            await migrate(owner_url, "sla", name, LockPatience(0.1, give_up_after_s=1))


async def test_another_error_is_not_tried_again(owner_url: str, add_revision: AddRevision) -> None:
    name = add_revision("SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(owner_url, "sla", name, LockPatience(0.1, give_up_after_s=1))


async def test_an_index_is_built_while_a_transaction_is_open_and_writers_write(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    """It waits for the transaction longer than a lock may be waited for: nobody waits behind it."""
    await migrate(owner_url, "sla", add_revision("SELECT 1"))
    sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_cards ON cards (n)"
    name = add_revision(sql, how="execute_outside_transaction")
    async with open_transaction(owner_url, "INSERT INTO cards VALUES (1, 1)"):
        migrating = asyncio.create_task(migrate(owner_url, "sla", name, IMPATIENT))
        assert await write_for(owner, 1) > 1
        assert not migrating.done()
    assert await migrating == ("0002", "0003")
    assert await index_is_valid(owner)


async def test_what_a_failed_build_has_left_is_built_again(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    """`IF NOT EXISTS` alone would take the invalid index for the wanted one."""
    await migrate(owner_url, "sla", add_revision("INSERT INTO cards VALUES (1, 1)"))
    sql = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix_cards ON cards (n)"
    name = add_revision(sql, how="execute_outside_transaction")
    with pytest.raises(asyncpg.UniqueViolationError):
        await migrate(owner_url, "sla", name)
    assert not await index_is_valid(owner)
    await owner.execute("DELETE FROM cards WHERE n = 1")
    await migrate(owner_url, "sla", name)
    assert await index_is_valid(owner)


async def test_replicas_that_migrate_at_once_do_not_wait_for_each_others_snapshots(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    """One that waited in a statement would be waited for by the other's index: a deadlock."""
    sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_cards ON cards (n)"
    name = add_revision(sql, how="execute_outside_transaction")
    async with asyncio.timeout(30):
        results = await asyncio.gather(*(migrate(owner_url, "sla", name) for _ in range(4)))
    assert sorted(results, key=str) == 3 * [("0002", "0002")] + [(None, "0002")]
    assert await index_is_valid(owner)


async def test_a_constraint_is_added_first_and_validated_later(
    owner_url: str, owner: Any, add_revision: AddRevision
) -> None:
    add_revision("ALTER TABLE cards ADD CONSTRAINT positive CHECK (n >= 0) NOT VALID")
    name = add_revision(
        "ALTER TABLE cards VALIDATE CONSTRAINT positive", how="execute_outside_transaction"
    )
    await migrate(owner_url, "sla", name)
    query = "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"
    assert await owner.fetchval(query) is True


async def index_is_valid(owner: Any) -> bool:
    query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_cards'::regclass"
    return bool(await owner.fetchval(query))
