"""Every report on a million tickets: questions of all sorts, asked over HTTP of sla's own app.

The rival is the same figure counted from the rows, by one statement of SQL with the same indexes.
"""

import gc
import random
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product

import asyncpg
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client
from sla.app import SERVICE
from sla.reports.rollup_jobs import recount_all
from tests.benchmarks.environment import schema_of, servers, wait_for_query
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale
from tests.benchmarks.synthetic import END, Size, load

PERIODS = {"two years": 730, "a year": 365, "a quarter": 91, "a month": 30}
GROUPS = {
    "volume": ("", "customer", "service", "priority", "kind"),
    "compliance": ("", "customer", "service", "priority", "kind", "metric", "agreement"),
    "response": ("", "customer", "service", "priority", "kind", "agreement"),
    "backlog": ("", "customer", "service", "priority", "kind"),
}
NARROWED = ("", "customer=customer-0", "customer=customer-17", "service=portal", "priority=major")
ROWS = {
    "volume": "SELECT priority, count(*), count(ended_at) FROM sla.tickets"
    " WHERE opened_at >= $1 GROUP BY 1",
    "compliance": "SELECT t.priority, outcome, count(*) FROM sla.clocks c"
    " JOIN sla.tickets t ON t.id = c.ticket_id WHERE outcome_at >= $1 GROUP BY 1, 2",
    "response": "SELECT t.priority, percentile_cont(ARRAY[0.5, 0.95, 0.99])"
    " WITHIN GROUP (ORDER BY elapsed_seconds) FROM sla.clocks c JOIN sla.tickets t"
    " ON t.id = c.ticket_id WHERE metric = 'resolution' AND stopped_at >= $1 GROUP BY 1",
    "backlog": "SELECT priority, count(*), avg(statement_timestamp() - opened_at) FROM sla.tickets"
    " WHERE ended_at IS NULL AND opened_at < $1::timestamptz + interval '2 years' GROUP BY 1",
}
ROUNDS = 40
UNANALYZED = """
SELECT count(*) FROM pg_stat_user_tables WHERE schemaname = 'sla' AND last_autoanalyze IS NULL
    AND relname IN ('ticket_figures', 'clock_figures', 'time_figures', 'time_sums', 'tickets', 'clocks')
"""


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found:
        async with schema_of(found, "sla", simulated=True) as url:
            await load(url, Size(scale.tickets))
            database = Database(url, "sla")
            began = time.monotonic()
            await recount_all(database)
            counted = time.monotonic() - began
            # Statistics come from autovacuum, as they do in real life.
            await wait_for_query(url, UNANALYZED, lambda tables: tables == 0, seconds=180)
            async with client(app_for(SERVICE, database), "gina") as gina:
                # As before serving: a full collection in the middle of a question costs 0.2 s.
                gc.collect()
                gc.freeze()
                for report in GROUPS:
                    yield await _measured(gina, url, report, scale)
            await database.close()
    yield Result(
        f"roll-ups of {scale.tickets:,} tickets, all counted again",
        f"{counted:.0f} s",
        "",
        f"{scale.tickets / counted:,.0f} tickets/s",
        "",
        None,
    )


async def _measured(gina: AsyncClient, url: str, report: str, scale: Scale) -> Result:
    dice, took = random.Random(7), []
    asked = [_question(report, *one) for one in product(PERIODS, GROUPS[report], NARROWED)]
    for question in dice.sample(asked, min(ROUNDS, len(asked))) * 2:
        began = time.perf_counter()
        answer = await gina.get(question)
        assert answer.is_success, answer.text
        took.append((time.perf_counter() - began, question))
    rows = await _from_rows(url, ROWS[report])
    p95 = percentile([seconds for seconds, _ in took], 0.95)
    slowest = max(took)
    return Result(
        f"report {report}, {scale.tickets:,} tickets, {len(took)} questions: p95",
        f"{p95 * 1000:.0f} ms (slowest {slowest[0] * 1000:.0f} ms: {slowest[1].partition('?')[2]})",
        f"from the rows {rows * 1000:.0f} ms",
        f"{rows / p95:.0f} x",
        "<= 100 ms",
        p95 <= 0.1,
    )


def _question(report: str, period: str, group: str, narrowed: str) -> str:
    last = END.date()
    since = last - timedelta(days=PERIODS[period])
    step = {"two years": "month", "a year": "week", "a month": "day"}.get(period, "")
    parts = [f"from={since}", f"to={last}", narrowed]
    parts += [f"group_by={group}"] if group else [f"step={step}"] if step else []
    return f"/v1/reports/{report}?{'&'.join(filter(None, parts))}"


async def _from_rows(url: str, query: str) -> float:
    """Seconds; the faster of two."""
    connection = await asyncpg.connect(url)
    since = END - timedelta(days=730)
    times = []
    for _ in range(2):
        began = time.perf_counter()
        await connection.fetch(query, since)
        times.append(time.perf_counter() - began)
    await connection.close()
    return min(times)
