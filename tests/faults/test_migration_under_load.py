"""A release is migrated to while the former one works, and a report reads the same tables."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from common.persistence.migration_locks import LockPatience
from common.persistence.migrations import migrate, migrations_folder
from opsdesk_local.roles import database_urls
from tests.faults.conftest import RATE, SECONDS, SECONDS_BEFORE_FAULT, FaultSite
from tests.faults.site import Site

# Half of what two cores carry beside four services: more, and callers wait for the processor, not for a lock.
SHORT_RATE, SHORT_SECONDS = 12, 10.0
WARM_UP_S = 4.0
"""A migration meets services that have worked for a while: their connections are made, and tickets open."""
REPORT_S = 6.0
"""Seconds that somebody's transaction keeps the tables from being changed."""
NEXT = "intake_next"
"""Intake's migrations, and an expanding one."""

EXPAND = """
ALTER TABLE tickets ADD COLUMN region text;
ALTER TABLE tickets ADD COLUMN weight bigint NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD CONSTRAINT weight_not_negative CHECK (weight >= 0) NOT VALID;
ALTER TABLE outbox ADD COLUMN region text;
ALTER TABLE idempotency ADD COLUMN region text;
CREATE TABLE regions (key text PRIMARY KEY);
"""
OUTSIDE = {
    "1_index.sql": "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_tickets_region ON tickets (region)",
    "2_outbox.sql": "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_outbox_region ON outbox (region)",
    "3_validate.sql": "ALTER TABLE tickets VALIDATE CONSTRAINT weight_not_negative",
}
REVISION = """
from pathlib import Path

from alembic import op

from common.persistence.migrations import {how}

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    {how}(op, *sorted(Path(__file__).with_suffix("").glob("*.sql")))
"""


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The module of the next release: the present migrations, then EXPAND, then OUTSIDE."""
    folder = tmp_path / NEXT / "migrations"
    shutil.copytree(migrations_folder("intake"), folder)
    (tmp_path / NEXT / "__init__.py").touch()
    newest = max(path.stem[:4] for path in (folder / "versions").glob("[0-9]*.py"))
    expand, outside = f"{int(newest) + 1:04}", f"{int(newest) + 2:04}"
    _add(folder / "versions", expand, newest, "execute_script", {"expand.sql": EXPAND})
    _add(folder / "versions", outside, expand, "execute_outside_transaction", OUTSIDE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, NEXT, raising=False)
    return outside


def _add(versions: Path, revision: str, before: str, how: str, scripts: dict[str, str]) -> None:
    text = REVISION.format(revision=revision, before=before, how=how)
    (versions / f"{revision}_next.py").write_text(text)
    (versions / f"{revision}_next").mkdir()
    for name, script in scripts.items():
        (versions / f"{revision}_next" / name).write_text(script)


def owner_url(site: Site) -> str:
    urls = database_urls(site.admin_url, site.servers.state.password, site.desk.database)
    return urls["intake"].owner


@asynccontextmanager
async def report(site: Site, seconds: float) -> AsyncIterator[None]:
    """A transaction that has read the tables and stays open for so long."""
    connection = await asyncpg.connect(site.admin_url)

    async def read() -> None:
        async with connection.transaction():
            await connection.fetchval("SELECT count(*) FROM intake.tickets, intake.idempotency")
            await asyncio.sleep(seconds)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    yield
    await reading
    await connection.close()


async def migrated_under_load(
    one: FaultSite, revision: str, rate: int, seconds: float
) -> tuple[list[str], dict[str, int]]:
    """Returns the faults of the history, and what callers got instead of good answers."""
    await one.load(rate, WARM_UP_S).run()
    load = asyncio.create_task(one.load(rate, seconds).run())
    await asyncio.sleep(SECONDS_BEFORE_FAULT)
    async with report(one.site, REPORT_S):
        _, after = await migrate(owner_url(one.site), "intake", NEXT, LockPatience(0.3))
    assert after == revision
    result = await load
    return await one.check_history("a migration under load", result), dict(result.failures)


async def test_a_migration_under_load_refuses_nobody_and_loses_nothing(
    one: FaultSite, next_release: str
) -> None:
    """The former release's code works on before, meanwhile and after."""
    result = await migrated_under_load(one, next_release, SHORT_RATE, SHORT_SECONDS)
    assert result == ([], {})


@pytest.mark.long
async def test_a_migration_under_full_load_refuses_nobody_and_loses_nothing(
    two_replicas: FaultSite, next_release: str
) -> None:
    # Half the rate: with eight services on two cores, callers would else wait for the processor.
    result = await migrated_under_load(two_replicas, next_release, RATE // 2, SECONDS)
    assert result == ([], {})
