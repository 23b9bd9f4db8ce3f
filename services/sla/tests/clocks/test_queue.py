"""The queue of clocks by deadline, every page of it from an index."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import event, text

from common.events.tickets import TicketForwarded, TicketOnHold, TicketResolved
from common.persistence.database import Connection, Database
from opsdesk_testing.protocol import deliver
from sla.clocks.domain.clock import State
from sla.clocks.store import clock_queue
from sla.clocks.store.clock_queue import ClockFilter
from sla.handlers import HANDLERS
from sla_support.company import (
    ACME,
    BRIGHTWATER,
    HOUR,
    NINE,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)

MINUTE = timedelta(minutes=1)
OPEN: tuple[State, ...] = ("running", "paused")
FILTERS = {
    "open": ClockFilter(OPEN),
    "due_before": ClockFilter(OPEN, due_before=NINE + 3 * HOUR),
    "running": ClockFilter(("running",)),
    "paused": ClockFilter(("paused",)),
    "stopped": ClockFilter(("stopped",)),
    "customer": ClockFilter(OPEN, customer="acme"),
    "customer_paused": ClockFilter(("paused",), customer="acme"),
    "customer_stopped": ClockFilter(("stopped",), customer="acme"),
    "customer_due_before": ClockFilter(OPEN, due_before=NINE + 3 * HOUR, customer="acme"),
    "customer_sla": ClockFilter(OPEN, customer="acme", contract="sla"),
    "partners": ClockFilter(("running",), contract="uc"),
}


async def query_plan(tx: Connection, filters: ClockFilter) -> list[dict[str, Any]]:
    """The nodes of the plan by which a page is found (as JSON tells them)."""
    statements: list[tuple[str, Any]] = []

    def record_statement(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    event.listen(tx.sync_connection, "before_cursor_execute", record_statement)
    await clock_queue.list_page(tx, filters, 50, None)
    event.remove(tx.sync_connection, "before_cursor_execute", record_statement)
    connection = (await tx.get_raw_connection()).driver_connection
    assert connection is not None
    statement, parameters = statements[0]
    explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
    return list(_nodes(explained[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


@pytest.fixture
async def database_with_many_clocks(database: Database) -> Database:
    """Thousands of clocks of two customers, in all states, and what the planner knows of them."""
    await promise(database, metrics=("resolution",))
    await promise(database, (BRIGHTWATER, "brightwater"), metrics=("resolution",))
    acme, brightwater = (ACME, "acme"), (BRIGHTWATER, "brightwater")
    customers = {number: (brightwater if number % 3 else acme) for number in range(1, 61)}
    events: list[tuple[Any, int]] = [
        (ticket_opened(number, customer_id=id, customer=key), 1)
        for number, (id, key) in customers.items()
    ]
    events += [
        (
            ticket_event(
                TicketOnHold if number % 2 else TicketResolved, number, waiting_on="customer"
            ),
            2,
        )
        if number % 2
        else (ticket_event(TicketResolved, number), 2)
        for number in range(1, 30)
    ]
    await deliver(database, HANDLERS, *events)
    async with database.transaction() as tx:
        await tx.execute(text(_MANY))
    return database


_MANY = """
INSERT INTO clocks (id, ticket_id, customer_id, metric, state, deadline, next_at, ordinal, sequence,
    state_json, contract, forwarding, agreement_version, agreement, partner)
SELECT gen_random_uuid(), c.ticket_id, c.customer_id, c.metric, c.state,
    c.deadline, c.next_at, c.ordinal, c.sequence, c.state_json,
    'uc', n, t.agreement_version, 'x', 'hosthaven'
FROM clocks c JOIN tickets t ON t.id = c.ticket_id, generate_series(1, 10) n
"""


async def test_a_page_is_a_scan_of_an_index_whatever_it_is_filtered_by(
    database_with_many_clocks: Database,
) -> None:
    """One scan, in its order, that ends with the page."""
    async with database_with_many_clocks.transaction() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        await tx.execute(text("SET LOCAL enable_bitmapscan = off"))
        plans = {name: await query_plan(tx, wanted) for name, wanted in FILTERS.items()}
    for name, nodes in plans.items():
        scans = [node for node in nodes if node.get("Relation Name") == "clocks"]
        assert [node["Node Type"] in ("Index Scan", "Index Only Scan") for node in scans] == [
            True
        ], name
        assert "Sort" not in {node["Node Type"] for node in nodes}, name


async def test_the_one_that_breaks_first_comes_first_over_all_pages(
    database_with_many_clocks: Database,
) -> None:
    for wanted in FILTERS.values():
        paged: list[Any] = []
        after = None
        while True:
            async with database_with_many_clocks.transaction() as tx:
                found = await clock_queue.list_page(tx, wanted, 100, after)
            paged += found[:100]
            if len(found) <= 100:
                break
            after = (found[99].clock.deadline, found[99].id)
        ids = [one.id for one in paged]
        assert len(ids) == len(set(ids))
        assert await _list_all(database_with_many_clocks, wanted) == ids


async def _list_all(database: Database, filters: ClockFilter) -> Sequence[Any]:
    """What the filter says, in order, without any cleverness."""
    narrowed = {
        "state = ANY(CAST(:states AS text[]))": True,
        "deadline < :due": filters.due_before is not None,
        "customer_id = (SELECT id FROM customers WHERE key = :customer)": filters.customer,
        "contract = :contract": filters.contract,
    }
    where = " AND ".join(condition for condition, holds in narrowed.items() if holds)
    asked = {
        "states": list(filters.states),
        "due": filters.due_before,
        "customer": filters.customer,
        "contract": filters.contract,
    }
    query = text(f"SELECT id FROM clocks WHERE {where} ORDER BY deadline NULLS LAST, id")
    used_parameters = {name: value for name, value in asked.items() if f":{name}" in where}
    async with database.transaction() as tx:
        return list(await tx.scalars(query, used_parameters))


async def test_a_customer_sees_promises_made_to_them_and_staff_all(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4, R13"""
    await underpin(database, await promise(database, metrics=("resolution",)), "hosthaven")
    over = ticket_event(TicketForwarded, 1, NINE + MINUTE, to="partner", partner="hosthaven")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (over, 2))
    for address in ("/v1/clocks", "/v1/tickets/OPS-1/clocks"):
        seen = [one["contract"] for one in (await theo.get(address)).json()["items"]]
        assert sorted(seen) == ["sla", "uc"]
        assert [one["contract"] for one in (await jan.get(address)).json()["items"]] == ["sla"]
    (theirs,) = (await theo.get("/v1/clocks?contract=uc")).json()["items"]
    assert (theirs["partner"], theirs["agreement"]) == ("hosthaven", "hosthaven-standard")
    for path in ("", "/explanation"):
        assert (await jan.get(f"/v1/clocks/{theirs['id']}{path}")).status_code == 404
    assert (await jan.get("/v1/clocks?contract=uc")).json()["items"][0]["contract"] == "sla"
