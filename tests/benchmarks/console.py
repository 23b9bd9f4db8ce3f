"""Pages of the console among 100,000 tickets: how long the server takes, how much of that is the console's own
work, how often it asks the services, and how much a first view weighs.

A whole installation with the demo company. One ticket goes the usual way; the others are its copies in intake and in
sla, with promises of their own. Pages are asked for one after the other, as one person does.
"""

import asyncio
import gzip
import os
import re
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg
import httpx

from console.look.assets import NAMES, address_of
from opsdesk import demo_clients
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import Endpoints
from opsdesk_local.installation import Installation
from opsdesk_local.listening import in_session
from opsdesk_local.service import CONSOLE, SERVICES
from tests.benchmarks.environment import servers, wait_for_query
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

SHARE: Final = 10
"""One in so many of the scale's tickets: 100,000 of the full one."""
FIRST, WARM, ROUNDS, PAGED = 1_000_001, 5, 60, 20
MOST_S, MOST_CPU_S, MOST_CALLS, MOST_BYTES = 0.100, 0.025, 6, 40_000
ANALYSED = (
    "intake.tickets",
    "intake.queue_entries",
    "intake.promises",
    "sla.tickets",
    "sla.clocks",
)
PAGES: Final[Mapping[str, str]] = {
    "my work": "/",
    "the queue": "/tickets",
    "a ticket": "/tickets/OPS-{number}",
    "company status": "/status",
    "on call": "/on-call",
}
INTAKE: Final = (
    """
    INSERT INTO intake.tickets (id, number, kind, title, description, priority, state, customer_id, environment_id,
        channel, opened_at, opened_by, assignee, resolved_by, resolved_at, verified_by, verified_at, closed_at, sequence)
    SELECT gen_random_uuid(), n, o.kind, 'Copy ' || n || ' of a ticket, with a title of usual length', o.description,
        (ARRAY['critical', 'major', 'minor', 'trivial'])[1 + n % 4],
        CASE WHEN n % 10 = 0 THEN 'in_progress' ELSE 'closed' END, o.customer_id, o.environment_id, o.channel,
        o.opened_at - n % 1000 * interval '1 minute', o.opened_by, CASE WHEN n % 300 = 0 THEN 'anna' ELSE 'omar' END,
        done.by, done.at, done.seen_by, done.at, done.at, 1
    FROM generate_series($1::bigint, $2::bigint) n CROSS JOIN intake.tickets o
        LEFT JOIN LATERAL (VALUES ('omar', 'anna', o.opened_at)) done (by, seen_by, at) ON n % 10 > 0
    WHERE o.id = $3
    """,
    """
    INSERT INTO intake.promises (clock_id, ticket_id, metric, contract, due_at, sequence)
    SELECT gen_random_uuid(), id, metric, 'sla', opened_at + interval '40 hours' + random() * interval '30 days', 1
    FROM intake.tickets, unnest(ARRAY['first_response', 'resolution']) metric
    WHERE number BETWEEN $1 AND $2 AND state = 'in_progress' AND $3::uuid IS NOT NULL
    """,
    """
    INSERT INTO intake.queue_entries SELECT * FROM intake.queue_rows(ARRAY(
        SELECT id FROM intake.tickets WHERE number BETWEEN $1 AND $2 AND state = 'in_progress' AND $3::uuid IS NOT NULL))
    """,
)
SLA: Final = (
    """
    INSERT INTO sla.tickets (id, key, title, kind, priority, customer_id, customer, environment, service, opened_at,
        agreement_version, agreement)
    SELECT i.id, 'OPS-' || i.number, i.title, i.kind, i.priority, o.customer_id, o.customer, o.environment, o.service,
        i.opened_at, o.agreement_version, o.agreement
    FROM intake.tickets i, sla.tickets o WHERE i.number BETWEEN $1 AND $2 AND o.id = $3
    """,
    """
    INSERT INTO sla.clocks (id, ticket_id, customer_id, metric, state, deadline, next_at, ordinal, sequence, state_json)
    SELECT gen_random_uuid(), t.id, t.customer_id, c.metric, c.state, t.opened_at + interval '40 hours'
        + random() * interval '30 days', c.next_at, c.ordinal, c.sequence, c.state_json
    FROM intake.tickets i JOIN sla.tickets t ON t.id = i.id CROSS JOIN sla.clocks c
    WHERE i.number BETWEEN $1 AND $2 AND i.state = 'in_progress' AND c.ticket_id = $3
    """,
    "DELETE FROM sla.dirty_days",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody signed in at the console, and the process that serves them. `ticks`: what it has used of a core, in s."""

    http: httpx.AsyncClient
    session: int

    def used(self) -> float:
        ticks = sum(_ticks(process) for process in in_session(self.session))
        return ticks / os.sysconf("SC_CLK_TCK")


async def run(scale: Scale) -> AsyncIterator[Result]:
    number = scale.tickets // SHARE
    with servers() as found, TemporaryDirectory(prefix="opsdesk-bench-") as folder:
        installation = Installation(
            Path(folder),
            found.admin_url,
            found.bootstrap,
            found.state.password,
            services=(*SERVICES, CONSOLE),
            settings={"OPSDESK_REQUESTS_PER_MINUTE": "100000000"},
        )
        try:
            await asyncio.to_thread(installation.prepare)
            demo_clients.issue_all_tokens(installation.addresses.issuer)
            await asyncio.to_thread(installation.start)
            await _fill(installation, number)
            async with httpx.AsyncClient(follow_redirects=True, timeout=30) as http:
                desk = await _sign_in(installation, http)
                for name, path in PAGES.items():
                    async for result in _page(desk, f"{name}, {number:,} tickets", path):
                        yield result
        finally:
            await asyncio.to_thread(installation.stop)


async def _fill(installation: Installation, number: int) -> None:
    """Load the demo company, open a ticket, and copy it."""
    there = installation.addresses
    endpoints = Endpoints(there.services, there.kafka, there.issuer, there.mail)
    async with demo_clients.open_demo_clients(endpoints) as clients:
        await load(clients, read_demo_data(), lambda chapter, entries, new: None)
        body = {"title": "The first one", "description": "It does not work.", "kind": "incident"}
        opened = await clients["jan"].post(
            "intake", "/v1/tickets", body | {"environment": "acme-prod"}
        )
        id, key = opened["id"], opened["key"]
        await clients["anna"].post("intake", f"/v1/tickets/{key}/assign", {"to": "anna"})
    query = f"SELECT count(*) FROM sla.clocks WHERE ticket_id = '{id}'"
    await wait_for_query(there.admin_database_url, query, lambda clocks: clocks >= 2)
    connection = await asyncpg.connect(there.admin_database_url)
    for statement in (*INTAKE, *SLA):
        parameters = (FIRST, FIRST + number - 1, id) if "$1" in statement else ()
        await connection.execute(statement, *parameters, timeout=300)
    for table in ANALYSED:
        await connection.execute(f"VACUUM ANALYZE {table}")
    await connection.close()


async def _sign_in(installation: Installation, http: httpx.AsyncClient) -> Desk:
    console = installation.services[CONSOLE.name]
    http.base_url = httpx.URL(console.url)
    page = await http.get("/sign-in?then=/settings")
    link = re.search(r'href="(/choose\?[^"]*person=anna)"', page.text)
    assert link, "the page that asks who one is has a link for anna"
    page = await http.get(page.url.join(link[1].replace("&amp;", "&")))
    assert page.url.path == "/settings", page.text
    assert console.child is not None
    return Desk(http, console.child.pid)


async def _page(desk: Desk, name: str, path: str) -> AsyncIterator[Result]:
    """Ask for a page again and again; tickets are different ones."""
    took: list[float] = []
    calls, weight, used = 0, 0, desk.used()
    for turn in range(-WARM, ROUNDS):
        if turn == 0:
            used = desk.used()
        address = path.format(number=(FIRST // 10 + 1 + turn % PAGED) * 10)
        began = time.perf_counter()
        answer = await desk.http.get(address)
        took.append(time.perf_counter() - began)
        answer.raise_for_status()
        calls = max(calls, len(answer.headers.get("server-timing", "").split(",")))
        weight = len(gzip.compress(answer.content, 6))
    p95, cpu = percentile(took[WARM:], 0.95), (desk.used() - used) / ROUNDS
    yield Result(f"console: {name}, p95", *_against(p95, MOST_S, 1e3, "ms"))
    yield Result(f"… the console's own CPU: {name}", *_against(cpu, MOST_CPU_S, 1e3, "ms"))
    yield Result(f"… calls of services: {name}", *_against(calls, MOST_CALLS, 1, "calls"))
    first_view = weight + await _weight_of_assets(desk.http)
    yield Result(f"… a first view, gzipped: {name}", *_against(first_view, MOST_BYTES, 1e-3, "kB"))


def _against(
    value: float, most: float, factor: float, unit: str
) -> tuple[str, str, str, str, bool]:
    return (
        f"{value * factor:.1f} {unit}",
        "",
        f"{value / most:.2f} of what is allowed",
        f"<= {most * factor:.0f} {unit}",
        value <= most,
    )


async def _weight_of_assets(http: httpx.AsyncClient) -> int:
    """Return the bytes of style sheet, scripts and icon, gzipped as a proxy does it."""
    answers = [await http.get(address_of(name)) for name in sorted(NAMES)]
    return sum(len(gzip.compress(answer.content, 6)) for answer in answers)


def _ticks(process: Path) -> int:
    """Return what a process has used of a core, itself and in the kernel."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
