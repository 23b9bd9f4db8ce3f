"""What each service takes at 10, 100 and 1,000 tickets a minute, and by how much databases and topics grow.

All four services run, with an agreement: each ticket has two clocks. Escalation and the gate hear everything and
have no policy to follow, so what they take is hearing. The figures behind docs/sizing.md; nothing is promised by them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg

from opsdesk_local.installation import Installation
from opsdesk_local.listening import in_session
from opsdesk_local.roles import at_database
from opsdesk_local.servers import Servers
from opsdesk_local.service import SERVICES
from tests.benchmarks.accept import tickets
from tests.benchmarks.environment import (
    create_agreement,
    open_installation,
    servers,
    wait_for_query,
)
from tests.benchmarks.idle import resident
from tests.benchmarks.load import run_load
from tests.benchmarks.result import Result
from tests.benchmarks.scale import QUICK, Scale

PER_MINUTE = (10, 100, 1_000)
MIB = 1024 * 1024
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SIZES = """
    SELECT schemaname || CASE WHEN indexrelid IS NULL THEN '' ELSE ' (indexes)' END AS what, sum(bytes)::bigint AS bytes
    FROM (
        SELECT n.nspname AS schemaname, NULL::oid AS indexrelid, pg_table_size(c.oid) AS bytes
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
        UNION ALL
        SELECT n.nspname, c.oid, pg_relation_size(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'i'
    ) AS found WHERE schemaname IN ('intake', 'sla', 'escalation', 'delivery_gate') GROUP BY 1
"""


async def run(scale: Scale) -> AsyncIterator[Result]:
    seconds, burst_s = (9.0, 2.0) if scale is QUICK else (60.0, 20.0)
    names = [service.name for service in SERVICES]
    with servers() as found, open_installation(found, *names) as installation:
        await asyncio.to_thread(installation.start)
        services = installation.services
        await create_agreement(installation, services["intake"].url, services["sla"].url)
        for per_minute in PER_MINUTE:
            for result in await _at_rate(installation, per_minute, seconds):
                yield result
        for result in await _growth(found, installation, burst_s):
            yield result


async def _at_rate(installation: Installation, per_minute: int, seconds: float) -> list[Result]:
    """Processor and memory of each service while tickets come at this rate."""
    before = _processor_seconds(installation)
    intake = installation.services["intake"]
    # The service closes connections that rest for long: at the slowest rate there is one.
    load = tickets(
        installation, intake, min(4, per_minute // 10), seconds - 1, rate=per_minute / 60
    )
    await run_load(load)
    used = {
        name: (s - before[name]) / seconds for name, s in _processor_seconds(installation).items()
    }
    return [
        Result(
            f"{name} at {per_minute:,} tickets a minute",
            f"{share * 1000:.0f} thousandths of a core",
            "",
            f"{resident(_pid(installation, name)):.0f} MiB",
            "",
            None,
        )
        for name, share in used.items()
    ]


async def _growth(found: Servers, installation: Installation, burst_s: float) -> list[Result]:
    """Bytes a ticket, of tables, indexes and topics: from many tickets, once everybody has heard of them."""
    url = at_database(found.admin_url, installation.database)
    clocks = await _count_clocks(url)
    sizes, topics = await _sizes(url), _topic_bytes(found)
    intake = installation.services["intake"]
    done = await run_load(tickets(installation, intake, 16, burst_s))
    await wait_for_query(
        url, "SELECT count(*) FROM sla.clocks", lambda now: now == clocks + 2 * done.total
    )
    after = await _sizes(url)
    grown = {what: after[what] - sizes.get(what, 0) for what in sorted(after)}
    grown["topics on Kafka (one copy)"] = _topic_bytes(found) - topics
    return [
        Result(
            f"growth by {done.total:,} tickets: {what}",
            f"{bytes / done.total:.0f} bytes a ticket",
            "",
            f"{bytes / done.total * 1e6 / 1024**3:.2f} GiB a million",
            "",
            None,
        )
        for what, bytes in grown.items()
    ]


async def _count_clocks(url: str) -> int:
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval("SELECT count(*) FROM sla.clocks")
    await connection.close()
    return count


async def _sizes(url: str) -> Mapping[str, int]:
    """Bytes of tables (with what is stored beside them) and of indexes, by schema."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(_SIZES)
    await connection.close()
    return {row["what"]: row["bytes"] for row in rows}


def _topic_bytes(found: Servers) -> int:
    """Bytes of the segments of our topics, as the broker has them on disk; indexes are laid out ahead."""
    assert found.kafka is not None, "the servers of a measurement are embedded"
    folders = [broker.folder for broker in found.kafka.brokers]
    return sum(log.stat().st_size for one in folders for log in one.rglob("opsdesk.*/*.log"))


def _processor_seconds(installation: Installation) -> dict[str, float]:
    """Seconds that the processes of each service have computed so far."""
    return {
        name: sum(map(_computed, in_session(_pid(installation, name))))
        for name in installation.services
    }


def _computed(process: Path) -> float:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def _pid(installation: Installation, name: str) -> int:
    child = installation.services[name].child
    assert child is not None, f"{name} was started"
    return child.pid
