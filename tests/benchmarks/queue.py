"""A page of the queue among a million open clocks, over HTTP of sla's own app; and what an open
clock takes on disk beyond its row's own content: indexes, tuple headers, the room left for updates.

The clocks are copies of one that sla stored itself, each with a ticket and a deadline of its own,
inserted in no order of their deadlines while all indexes stand, as in real life.
"""

import time
from collections.abc import AsyncIterator

import asyncpg
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client
from opsdesk_testing.protocol import deliver
from sla.app import SERVICE
from sla.handlers import HANDLERS
from sla_support.company import promise, ticket_opened
from tests.benchmarks.environment import schema_of, servers, wait_for_query
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

BATCHES, ROUNDS, CUSTOMERS, MOST = 20, 60, 200, 0.020
PAGES = {
    "all": "",
    "due soon": "?due_before=2026-06-02T00:00:00Z",
    "running": "?state=running",
    "paused": "?state=paused",
    "of a customer": "?customer=customer-7",
    "of a customer, paused": "?customer=customer-7&state=paused",
}
CUSTOMERS_MORE = """
INSERT INTO sla.customers (id, key, name, timezone, retired, sequence)
SELECT ('00000000-0000-0000-0001-' || lpad(to_hex(n), 12, '0'))::uuid, 'customer-' || n,
    'Customer ' || n, 'UTC', false, 1 FROM generate_series(0, $1 - 1) n
"""
TICKETS = """
INSERT INTO sla.tickets (id, key, title, kind, priority, customer_id, customer, opened_at,
    agreement_version, agreement)
SELECT ('0199' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, 'BEN-' || n, t.title,
    t.kind, t.priority, c.id, c.key, t.opened_at, t.agreement_version, t.agreement
FROM generate_series($1::bigint, $2::bigint) n
JOIN sla.customers c ON c.key = 'customer-' || (n * 7919 % $3), sla.tickets t WHERE t.key = 'OPS-1'
"""
CLOCKS = """
INSERT INTO sla.clocks (id, ticket_id, customer_id, metric, state, deadline, next_at, ordinal,
    sequence, state_json)
SELECT ('0199' || lpad(to_hex(n), 8, '0') || '7000a000' || substr(md5(c.metric), 1, 12))::uuid,
    t.id, t.customer_id, c.metric, CASE WHEN n % 20 = 0 THEN 'paused' ELSE 'running' END,
    CASE WHEN n % 20 = 0 THEN NULL ELSE c.deadline + random() * interval '30 days' END,
    c.next_at, c.ordinal, c.sequence, c.state_json
FROM generate_series($1::bigint, $2::bigint) n
JOIN sla.tickets t ON t.key = 'BEN-' || n
CROSS JOIN sla.clocks c JOIN sla.tickets o ON o.id = c.ticket_id AND o.key = 'OPS-1'
"""
SIZE = """
SELECT pg_total_relation_size('sla.clocks')::float8 / count(*) AS whole,
    avg(pg_column_size(clocks.*))::float8 AS content FROM sla.clocks
"""
ANALYZED = (
    "SELECT last_autoanalyze IS NOT NULL FROM pg_stat_user_tables"
    " WHERE schemaname = 'sla' AND relname = 'clocks'"
)


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found:
        async with schema_of(found, "sla", simulated=True) as url:
            database = Database(url, "sla", pool_size=4)
            await promise(database)
            await deliver(database, HANDLERS, (ticket_opened(1), 1))
            await _fill(url, scale.armed // 2)
            yield await _size(url, scale)
            await wait_for_query(url, ANALYZED, bool, seconds=180, interval_s=2)
            async with client(app_for(SERVICE, database), "gina") as gina:
                for name, query in PAGES.items():
                    yield await _paged(gina, name, query, scale)
            await database.close()


async def _fill(url: str, number: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(CUSTOMERS_MORE, CUSTOMERS)
    step = max(number // BATCHES, 1)
    for first in range(0, number, step):
        last = min(first + step, number) - 1
        await connection.execute(TICKETS, first, last, CUSTOMERS)
        await connection.execute(CLOCKS, first, last)
    await connection.close()


async def _size(url: str, scale: Scale) -> Result:
    connection = await asyncpg.connect(url)
    row = await connection.fetchrow(SIZE)
    await connection.close()
    assert row is not None
    beyond = row["whole"] - row["content"]
    return Result(
        f"an open clock on disk, of {scale.armed:,}: beyond the {row['content']:.0f} bytes of its row",
        f"{beyond:.0f} bytes",
        "",
        "",
        "<= 250 bytes",
        beyond <= 250,
    )


async def _paged(gina: AsyncClient, name: str, query: str, scale: Scale) -> Result:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await gina.get(f"/v1/clocks{query}")
        took.append(time.perf_counter() - began)
        answer.raise_for_status()
    p95 = percentile(took, 0.95)
    work = f"a page of {scale.armed:,} open clocks: {name}, p95"
    return Result(work, f"{p95 * 1000:.1f} ms", "", "", "<= 20 ms", p95 <= MOST)
