"""A revision's SQL scripts: executed whole, in its transaction, each or none."""

import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from common.persistence.migration_locks import LockPatience, LockUnavailableError
from common.persistence.migration_turn import MIGRATION_LOCK_ID
from common.persistence.migrations import UnknownRevision, migrate

ENV = """
from sqlalchemy import MetaData

from common.persistence.migrations import run_migrations

run_migrations(MetaData())
"""
REVISION = """
from pathlib import Path

from alembic import op

from common.persistence.migrations import execute_script

revision, down_revision = {revision!r}, {before!r}
SCRIPTS = {scripts}


def upgrade():
    execute_script(op, *(Path(__file__).with_name(name) for name in SCRIPTS))
"""
AWKWARD = """
CREATE TABLE first (text text DEFAULT 'a;
b');
-- A comment; with a semicolon
CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    PERFORM 1;

    RETURN 2;
END $$;
INSERT INTO first VALUES ('100 % of {all} :named');
"""

Module = Callable[[str], str]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    """Make a module whose first revision executes AWKWARD, and its second one two scripts."""

    def make(last: str) -> str:
        versions = tmp_path / "scripted" / "migrations" / "versions"
        versions.mkdir(parents=True)
        (tmp_path / "scripted" / "__init__.py").touch()
        (versions.parent / "env.py").write_text(ENV)
        for name, revision, before, scripts in (
            ("first.py", "0001", None, ["awkward.sql"]),
            ("second.py", "0002", "0001", ["table.sql", "last.sql"]),
        ):
            text = REVISION.format(revision=revision, before=before, scripts=scripts)
            (versions / name).write_text(text)
        (versions / "awkward.sql").write_text(AWKWARD)
        (versions / "table.sql").write_text("CREATE TABLE second ()")
        (versions / "last.sql").write_text(last)
        return "scripted"

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "scripted", raising=False)  # that of the test before
    return make


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_scripts_are_executed_whole(owner_url: str, module: Module) -> None:
    name = module("INSERT INTO first DEFAULT VALUES; INSERT INTO first VALUES (two()::text)")
    assert await migrate(owner_url, "sla", name) == (None, "0002")
    found = await fetch(owner_url, "SELECT array_agg(text ORDER BY text) FROM sla.first")
    assert found == ["100 % of {all} :named", "2", "a;\nb"]


async def test_a_script_that_fails_leaves_nothing_of_its_revision(
    owner_url: str, module: Module
) -> None:
    name = module("SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(owner_url, "sla", name)
    assert await fetch(owner_url, "SELECT to_regclass('sla.second')") is None
    assert await fetch(owner_url, "SELECT version_num FROM sla.alembic_version") == "0001"


async def test_another_migration_is_waited_for_as_long_as_patience_lasts(
    owner_url: str, module: Module
) -> None:
    """And whoever waits reads who holds the lock: the session of a machine that died may be among them."""
    name = module("INSERT INTO first VALUES (current_setting('tcp_keepalives_idle'))")
    other = await asyncpg.connect(owner_url)
    await other.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK_ID})")
    holder = other.get_server_pid()
    with pytest.raises(LockUnavailableError, match=rf"another migration .*pid {holder}, "):
        await migrate(owner_url, "sla", name, LockPatience(give_up_after_s=0.3))
    await other.close()
    assert await migrate(owner_url, "sla", name) == (None, "0002")
    silence = await fetch(owner_url, "SELECT text FROM sla.first WHERE text = '15'")
    assert silence == "15", (
        "the server notices within half a minute that a migrating machine is gone"
    )


async def test_a_revision_of_other_migrations_is_refused(owner_url: str, module: Module) -> None:
    name = module("SELECT 1")
    await migrate(owner_url, "sla", name)
    await fetch(owner_url, "UPDATE sla.alembic_version SET version_num = '0015'")
    with pytest.raises(UnknownRevision, match="at revision 0015, which these migrations do not"):
        await migrate(owner_url, "sla", name)


async def test_sslmode_in_the_address_works_as_in_the_services(
    owner_url: str, module: Module
) -> None:
    sign = "&" if "?" in owner_url else "?"
    address = f"{owner_url}{sign}sslmode=prefer"
    assert await migrate(address, "sla", module("SELECT 1")) == (None, "0002")
