"""The schema `reporting` as somebody else's program sees it: PostgreSQL's own `psql` (architecture, 11)."""

import asyncpg
import pytest

from common.persistence.database import Database
from opsdesk_local.servers import Servers
from opsdesk_testing.protocol import deliver
from opsdesk_testing.psql import Psql
from opsdesk_testing.waiting import until
from sla.bi_views import VIEWS
from sla.handlers import HANDLERS
from sla_support.company import promise, ticket_opened

NAMES = sorted(f"sla_{view.name}" for view in VIEWS)
SHORT_TIMEOUTS = (
    "SET statement_timeout = '200ms'",
    "SET idle_in_transaction_session_timeout = '200ms'",
)


async def test_psql_lists_the_views_and_reads_each(database: Database, psql: Psql) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    listed = await psql(r"\dv reporting.*")
    assert [(row[0], row[1], row[2]) for row in listed.rows] == [
        ("reporting", name, "view") for name in NAMES
    ]
    read = await psql(*(f"SELECT '{name}', count(*) FROM {name}" for name in NAMES))
    assert read.succeeded, read.errors
    counted = dict(read.rows)
    assert sorted(counted) == NAMES
    assert (counted["sla_tickets"], counted["sla_clocks"], counted["sla_agreements"]) == (
        "2",
        "2",
        "1",
    )


async def test_psql_shows_what_each_column_means(psql: Psql) -> None:
    for view in VIEWS:
        (described, view_listing) = (
            await psql(rf"\d+ reporting.sla_{view.name}"),
            await psql(rf"\dv+ reporting.sla_{view.name}"),
        )
        assert view_listing.rows[0][-1] == view.description
        comments = {row[0]: row[-1] for row in described.rows if len(row) > 5}
        assert comments == {one.name: one.description for one in view.columns}


@pytest.mark.parametrize(
    "command",
    [
        "SELECT * FROM sla.tickets",
        "TABLE sla.audit",
        r"\copy sla.customers TO '/dev/null'",
        "DELETE FROM sla_tickets",
        "UPDATE sla_customers SET name = 'x'",
        "INSERT INTO sla_customers (name) VALUES ('x')",
        "CREATE TABLE reporting.mine ()",
        "CREATE VIEW reporting.mine AS SELECT 1",
        "SELECT sla.now()",
    ],
)
async def test_psql_gets_at_no_table_and_writes_nothing(psql: Psql, command: str) -> None:
    """Not even after it has lifted its own default of reading only"""
    output = await psql("SET default_transaction_read_only = off", command)
    assert not output.succeeded
    assert "permission denied" in output.errors
    assert output.rows == []


async def test_psql_writes_nothing_by_default(psql: Psql) -> None:
    output = await psql("CREATE TEMPORARY TABLE mine (id int)")
    assert "read-only transaction" in output.errors


async def test_a_long_question_is_ended(psql: Psql) -> None:
    """30 s by the role's own settings; the session makes it shorter, so that nobody waits"""
    output = await psql("SHOW statement_timeout", SHORT_TIMEOUTS[0], "SELECT pg_sleep(20)")
    assert output.rows == [["30s"]]
    assert "canceling statement due to statement timeout" in output.errors


async def test_a_session_that_idles_in_a_transaction_is_ended(psql: Psql, servers: Servers) -> None:
    """An open snapshot makes the queues slow: nobody keeps one for long"""
    output = await psql("SHOW idle_in_transaction_session_timeout")
    assert output.rows == [["30s"]]
    admin = await asyncpg.connect(servers.admin_url)
    database_name = psql.url.rpartition("/")[2]

    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"

    idle = await psql.start()
    assert idle.stdin is not None
    idle.stdin.write(f"{SHORT_TIMEOUTS[1]};\nBEGIN;\nSELECT count(*) FROM sla_tickets;\n".encode())
    assert idle.stdout is not None
    assert await idle.stdout.readline() == b"0\n"

    async def session_is_gone() -> bool:
        return bool(await admin.fetchval(f"{sessions} AND datname = $1", database_name) == 0)

    await until(session_is_gone)
    await admin.close()
    ended = await psql.finish(idle, "SELECT 'still here'")
    assert "terminating connection due to idle-in-transaction timeout" in ended.errors
    assert ended.rows == []
