"""The two forms of `<schema>.now()`; with both the scan for deadlines uses its index."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from common.cli.server import check_time_mode
from common.http import Service
from common.persistence.database import Database
from common.settings import Settings
from common.simulated_time import TimeMode, install_now_function, installed_time_mode
from opsdesk_testing.client import settings_for

MANY_DEADLINES = """
INSERT INTO deadlines (kind, subject, due_at, wake_at)
SELECT 'clock', gen_random_uuid(), statement_timestamp() + n * interval '1 min',
    statement_timestamp() + n * interval '1 min' FROM generate_series(-20, 100000) n
"""
SCAN = "SELECT kind, subject FROM deadlines WHERE wake_at <= {}.now() AND kind = ANY('{{clock}}') ORDER BY wake_at LIMIT 500"


@pytest.fixture
async def owner(database: Database, owner_url: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(owner_url, server_settings={"search_path": database.schema})
    yield connection
    await connection.close()


@pytest.mark.parametrize("simulated", [False, True])
async def test_the_scan_keeps_its_index_in_both_forms(
    database: Database, owner: "asyncpg.Connection[Any]", simulated: bool
) -> None:
    await install_now_function(owner, database.schema, simulated=simulated)
    await owner.execute(MANY_DEADLINES)
    await owner.execute("ANALYZE deadlines")
    scan = SCAN.format(database.schema)
    plan = "\n".join(
        row[0] for row in await owner.fetch(f"EXPLAIN (ANALYZE, BUFFERS OFF, VERBOSE) {scan}")
    )
    assert "Index Cond: (deadlines.wake_at <= " in plan
    assert "rows=21" in plan
    # Inlined, it is the database's own function; simulated, one call for the whole scan.
    assert ("statement_timestamp()" in plan) is not simulated


async def test_the_form_is_what_was_installed(
    database: Database, owner: "asyncpg.Connection[Any]"
) -> None:
    assert await installed_time_mode(owner, database.schema) == "simulated"
    assert await install_now_function(owner, database.schema, simulated=False)
    assert await installed_time_mode(owner, database.schema) == "plain"
    assert not await install_now_function(owner, database.schema, simulated=False)


@pytest.mark.parametrize(
    "body",
    [
        "LANGUAGE sql STABLE AS 'SELECT statement_timestamp() - interval ''1 h'''",
        "LANGUAGE sql VOLATILE AS 'SELECT statement_timestamp()'",
        "LANGUAGE plpgsql STABLE AS 'BEGIN RETURN statement_timestamp(); END'",
        "LANGUAGE sql STABLE SET search_path = x AS 'SELECT statement_timestamp()'",
    ],
)
async def test_anything_else_is_unknown(
    database: Database, owner: "asyncpg.Connection[Any]", body: str
) -> None:
    name = f"{database.schema}.now()"
    await owner.execute(f"CREATE OR REPLACE FUNCTION {name} RETURNS timestamptz {body}")
    assert await installed_time_mode(owner, database.schema) == "unknown"


@pytest.mark.parametrize(("installed", "started"), [("simulated", "real"), ("plain", "simulated")])
async def test_a_start_with_another_clock_is_refused(
    database: Database, owner: "asyncpg.Connection[Any]", installed: TimeMode, started: str
) -> None:
    """Production takes the database's own clock and nothing else."""
    await install_now_function(owner, database.schema, simulated=installed == "simulated")
    service = Service(
        name="sla", schema=database.schema, title="SLA", settings=Settings, routers=()
    )
    with pytest.raises(SystemExit, match=rf"OPSDESK_TIME_MODE={started} needs .* is {installed}"):
        await check_time_mode(service, settings_for(Settings, database.url, time_mode=started))
