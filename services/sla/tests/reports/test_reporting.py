"""BI tools read views, nothing else, and are never long at it (architecture, 10 and 11)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest
from sqlalchemy import text

from common.events.tickets import TicketResolved
from common.persistence.bi_views import load_views
from common.persistence.database import Database
from common.persistence.migrations import migrate
from common.report_watch import end_overdue
from opsdesk_local.roles import reporting_url
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.waiting import until
from sla.bi_views import VIEWS
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import recount_all
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

Reader: TypeAlias = "asyncpg.Connection[Any]"


@pytest.fixture
async def reader(database: Database, servers: Any) -> AsyncIterator[Reader]:
    """The role of the BI tools, on the same database."""
    name = database.url.rpartition("/")[2]
    url = reporting_url(servers.admin_url, servers.state.password, name)
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def test_every_fact_is_a_row(database: Database, reader: Reader) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + HOUR), 2))
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    await recount_all(database)
    (first, second) = await reader.fetch("SELECT * FROM sla_tickets ORDER BY ticket")
    assert (first["duration_seconds"], first["ended_as"], second["ended_at"]) == (
        3600,
        "resolved",
        None,
    )
    kinds = await reader.fetch("SELECT kind, reason, lag_seconds FROM sla_clock_firings")
    assert sorted(row["kind"] for row in kinds) == [
        "breach",
        "warning_50",
        "warning_75",
        "warning_90",
    ]
    assert {row["reason"] for row in kinds} == {"deadline"}
    assert all(row["lag_seconds"] >= 3600 for row in kinds)
    outcomes = await reader.fetch("SELECT met, breached FROM sla_daily_clocks ORDER BY met")
    assert [tuple(row) for row in outcomes] == [(1, 1)]
    bucket = await reader.fetchrow("SELECT * FROM sla_daily_times WHERE metric = 'resolution'")
    assert bucket is not None
    assert bucket["from_seconds"] <= 3600 < bucket["from_seconds"] * 1.1
    assert await reader.fetchval("SELECT contract FROM sla_agreements") == "sla"


async def test_every_view_can_be_read_and_every_column_is_described(reader: Reader) -> None:
    """Names and units are in the database, where the tools show them."""
    for view in VIEWS:
        assert await reader.fetch(f"SELECT * FROM sla_{view.name}") == []
    undescribed = await reader.fetch(
        "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'reporting'::regnamespace AND attnum > 0 AND relkind = 'v'"
        " AND (col_description(pg_class.oid, attnum) IS NULL OR obj_description(pg_class.oid) IS NULL)"
    )
    assert undescribed == []


async def test_tables_are_out_of_reach_and_nothing_is_written(reader: Reader) -> None:
    await reader.execute("SET default_transaction_read_only = off")
    for statement in (
        "SELECT * FROM sla.tickets",
        "SELECT * FROM sla.audit",
        "DELETE FROM sla_tickets",
        "UPDATE sla_customers SET name = 'x'",
        "INSERT INTO sla_customers (name) VALUES ('x')",
        "CREATE TABLE reporting.mine ()",
        "CREATE TABLE public.mine ()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.execute(statement)


async def test_a_slow_question_and_an_idle_snapshot_are_ended(
    reader: Reader, database: Database, servers: Any
) -> None:
    """30 s by the role's own settings; shorter here, so that nobody waits."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        assert await reader.fetchval(f"SHOW {limit}") == "30s"
    name = database.url.rpartition("/")[2]
    admin = await asyncpg.connect(servers.admin_url)
    await admin.execute(
        f'ALTER ROLE opsdesk_reporting IN DATABASE "{name}" SET statement_timeout = 200'
    )
    await admin.close()
    short = await asyncpg.connect(reporting_url(servers.admin_url, servers.state.password, name))
    with pytest.raises(asyncpg.QueryCanceledError):
        await short.execute("SELECT pg_sleep(20)")
    await short.close()


async def test_a_reader_who_lifts_the_own_limit_is_ended_by_a_watcher(
    reader: Reader, database: Database, servers: Any
) -> None:
    """Decision 0803: PostgreSQL lets a role lift what its settings say."""
    second, long = timedelta(seconds=1), timedelta(hours=1)
    await reader.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    running = asyncio.ensure_future(reader.fetch("SELECT pg_sleep(60)"))
    name = database.url.rpartition("/")[2]
    idle = await asyncpg.connect(reporting_url(servers.admin_url, servers.state.password, name))
    await idle.execute("SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT 1")
    assert await end_overdue(database, long, long) == 0, "none is too old yet"

    async def both_ended() -> bool:
        await end_overdue(database, second, long)
        return running.done() and idle.is_closed()

    await until(both_ended)
    with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
        await running
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT 1")) == 1, "nobody else was ended"


async def test_laying_the_views_again_keeps_them(owner_url: str, reader: Reader) -> None:
    """Additive for ever: PostgreSQL refuses to take a column away."""
    columns = (
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'reporting' ORDER BY table_name, ordinal_position"
    )
    before = await reader.fetch(columns)
    await migrate(owner_url, "sla", "sla")
    assert await reader.fetch(columns) == before != []
    owner = await asyncpg.connect(owner_url)
    with pytest.raises(asyncpg.InvalidTableDefinitionError):
        await owner.execute(
            "CREATE OR REPLACE VIEW reporting.sla_customers AS SELECT id FROM customers"
        )
    await owner.close()


def test_a_service_without_views_has_none() -> None:
    assert load_views("opsdesk") == ()
    assert len(load_views("sla")) == len(VIEWS)
