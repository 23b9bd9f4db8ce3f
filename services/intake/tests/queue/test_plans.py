"""Pages of the queue come from an index, however many tickets there are."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from httpx import AsyncClient
from sqlalchemy import event, text

from common.persistence.database import Connection, Database
from common.waiting import store as waiting
from common.waiting.store import Asker
from intake import waiting as all_waiting
from intake.queue.store import entries
from intake.queue.store.entries import QueueFilter
from intake_support.alerts import NINE

TICKETS = """
INSERT INTO tickets (id, number, kind, title, description, priority, state, customer_id, channel,
    opened_at, opened_by, assignee, team, resolved_by, resolved_at, sequence)
SELECT ('0199' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, 5000 + n, 'incident',
    'Ticket ' || n, 'word' || n || CASE WHEN n % 500 = 0 THEN ' zebra' ELSE ' horse' END, 'minor',
    CASE WHEN n % 50 = 0 THEN 'resolved' ELSE 'in_progress' END,
    (SELECT id FROM customers WHERE key = CASE WHEN n % 200 = 1 THEN 'brightwater' ELSE 'acme' END),
    'portal', intake.now(), 'anna',
    CASE WHEN n % 100 = 0 THEN 'anna' ELSE 'omar' END,
    CASE WHEN n % 100 = 0 THEN 'second_level' END,
    CASE WHEN n % 50 = 0 THEN 'omar' END, CASE WHEN n % 50 = 0 THEN intake.now() END, 1
FROM generate_series(1, 8000) n
"""
ENTRIES = """
INSERT INTO queue_entries SELECT * FROM queue_rows(ARRAY(SELECT id FROM tickets))
"""
FILTERS = {
    "ix_queue_entries_due": QueueFilter(),
    "ix_queue_entries_assignee": QueueFilter(assignee="anna"),
    "ix_queue_entries_team": QueueFilter(team="second_level"),
}


@pytest.fixture
async def tx(anna: AsyncClient, database: Database, owner_url: str) -> AsyncIterator[Connection]:
    """A transaction among thousands of tickets, of which the planner knows."""
    async with database.transaction() as filling:
        for statement in (TICKETS, ENTRIES):
            await filling.execute(text(statement))
    owner = await asyncpg.connect(owner_url)
    await owner.execute("ANALYZE intake.tickets, intake.queue_entries")
    await owner.close()
    async with database.transaction() as tx:
        yield tx


async def indexes_of(tx: Connection, what: Any) -> set[str]:
    """The indexes by which the page of this work finds its rows."""
    return {node["Index Name"] for node in await plan_of(tx, what) if "Index Name" in node}


async def plan_of(tx: Connection, what: Any) -> list[dict[str, Any]]:
    """The nodes of the plan by which the page of this work finds its rows."""
    statements: list[tuple[str, Any]] = []

    def record_statement(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    event.listen(tx.sync_connection, "before_cursor_execute", record_statement)
    await what
    event.remove(tx.sync_connection, "before_cursor_execute", record_statement)
    statement, parameters = next(one for one in statements if "ORDER BY" in one[0])
    connection = (await tx.get_raw_connection()).driver_connection
    assert connection is not None
    explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
    return list(_nodes(explained[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


@pytest.mark.parametrize("index", FILTERS)
async def test_a_page_of_the_queue_begins_in_an_index(tx: Connection, index: str) -> None:
    for after in (None, (NINE, UUID(int=7))):
        page = entries.page(tx, FILTERS[index], after, 50)
        assert index in await indexes_of(tx, page)


async def test_the_queue_of_a_customer_has_an_index(tx: Connection) -> None:
    id = await tx.scalar(text("SELECT id FROM customers WHERE key = 'brightwater'"))
    page = entries.page(tx, QueueFilter(customer_id=id), None, 50)
    assert "ix_queue_entries_customer" in await indexes_of(tx, page)


async def test_what_waits_for_somebody_has_indexes(tx: Connection) -> None:
    asker = Asker("anna", ["ops"], None, NINE)
    nodes = await plan_of(tx, waiting.page(tx, all_waiting.SOURCES, asker, None, 50))
    assert "ix_tickets_to_verify" in {node.get("Index Name") for node in nodes}
    read_whole = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    assert "tickets" not in read_whole, "whatever kinds are asked for"
