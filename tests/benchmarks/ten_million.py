"""The same questions among 100,000 tickets and among as many millions as this machine holds, up to ten.

Some hundred tickets go the usual way over HTTP; the database copies what intake and sla stored of them, over three
years. First intake is filled and measured at both sizes, and emptied; then sla is: so the disk holds one of them at a
time. Nearly all tickets are closed; as many are open at one size as at the other. How many it becomes is decided by what
the first 100,000 took: by the disk, of which RESERVE is left, and by the time that loading and counting may take.

The servers keep little WAL meanwhile (`wal_level = minimal`), at both sizes.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import asyncpg
from rich.console import Console

from opsdesk_local.roles import at_database
from opsdesk_local.servers import Servers
from tests.benchmarks.bulk_copies import Loaded, load, prepare, remove
from tests.benchmarks.copied_tables import INTAKE, SEEDS, SLA, add_customers
from tests.benchmarks.copy_statements import Copies, Numbers
from tests.benchmarks.environment import (
    create_agreement,
    open_installation,
    replica_settings,
    running_process,
    servers,
)
from tests.benchmarks.measured_sizes import (
    Figure,
    Site,
    count_figures,
    measure_intake,
    measure_sla,
)
from tests.benchmarks.result import Result
from tests.benchmarks.scale import QUICK, Scale
from tests.benchmarks.seed_tickets import make_texts, open_tickets

GIB = 1024**3
RESERVE = 10 * GIB
"""Bytes of the disk that stay free."""
BESIDE = 6 * GIB
"""Bytes for WAL between two checkpoints, sorting for indexes, and what measuring stores."""
SLOWER = 1.4
"""So many times as long a ticket takes among millions, of what it takes among the first."""
_SETTINGS = ("track_commit_timestamp = on", "wal_level = minimal", "max_wal_senders = 0")


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a run is. `loading_s` is for the large size of each of both services, `counting_s` for sla's roll-ups."""

    seeds: int
    open_seeds: int
    still_open: int
    small: int
    large: int
    loading_s: float
    counting_s: float
    period: timedelta
    measures_small: bool = True
    """Whether the small size is measured, too; to see that it works, one is enough."""


FULL_EXTENT = Extent(400, 40, 5_000, 100_000, 10_000_000, 360.0, 720.0, timedelta(days=3 * 365))
QUICK_EXTENT = Extent(
    24, 6, 200, 2_000, 6_000, 20.0, 20.0, timedelta(days=20), measures_small=False
)


async def run(scale: Scale) -> AsyncIterator[Result]:
    extent = QUICK_EXTENT if scale is QUICK else FULL_EXTENT
    console = Console(stderr=True)
    with servers() as found:
        await _configure(found)
        with open_installation(found, "intake", "sla") as installation:
            site = Site(
                found,
                installation,
                at_database(found.admin_url, installation.database),
                make_texts(extent.seeds),
                scale,
                lambda line: console.print(line, markup=False, highlight=False),
            )
            await _seed(site, extent)
            for schema, tables in (("intake", INTAKE), ("sla", SLA)):
                async for result in _at_both_sizes(site, extent, schema, tables):
                    yield result
                await remove(site.url, schema, tables)


async def _configure(found: Servers) -> None:
    admin = await asyncpg.connect(found.admin_url)
    for setting in _SETTINGS:
        await admin.execute(f"ALTER SYSTEM SET {setting}")
    await admin.close()
    assert found.postgres is not None, "the servers of a measurement are embedded"
    await asyncio.to_thread(found.postgres.restart)


async def _seed(site: Site, extent: Extent) -> None:
    """The tickets that are copied, in both services, and their customers."""
    began = time.monotonic()
    async with (
        running_process(replica_settings(site.installation, "intake")) as intake,
        running_process(replica_settings(site.installation, "sla")) as sla,
    ):
        await create_agreement(site.installation, intake.url, sla.url)
        await open_tickets(site.installation, intake, site.texts, extent.open_seeds, site.url)
    connection = await asyncpg.connect(site.url)
    await add_customers(connection)
    await prepare(connection, "public", [SEEDS])
    for schema, tables in (("intake", INTAKE), ("sla", SLA)):
        await prepare(connection, schema, tables)
    await connection.close()
    site.say(f"{extent.seeds} tickets have gone the usual way in {time.monotonic() - began:.0f} s")


async def _at_both_sizes(
    site: Site, extent: Extent, schema: str, tables: list[Copies]
) -> AsyncIterator[Result]:
    """Load and measure the small size, then the large one."""
    numbers = Numbers(
        0,
        extent.small,
        await _today(site.url),
        extent.still_open,
        extent.seeds,
        extent.open_seeds,
        extent.period,
    )
    before = await _stored_bytes(site.url, schema)
    small = await load(site.url, schema, tables, numbers, site.say, lambda tickets, seconds: True)
    await _count(site, extent, schema, numbers)
    each = (await _stored_bytes(site.url, schema) - before) / small.tickets
    first = await _measured(site, schema, numbers) if extent.measures_small else {}
    wanted, why = _affordable(extent, small, each, _free(site.found))
    site.say(f"{schema}: {each:,.0f} bytes a ticket, so {wanted:,} more ({why})")
    numbers = replace(numbers, first=extent.small, count=wanted, still_open=0)

    def goes_on(tickets: int, seconds: float) -> bool:
        to_come = tickets * (each - small.table_bytes / small.tickets)
        share = small.inserting_s / small.seconds
        return (
            seconds < extent.loading_s * share
            and _free(site.found) - to_come > RESERVE + BESIDE / 2
        )

    large = await load(site.url, schema, tables, numbers, site.say, goes_on)
    total, numbers = small.tickets + large.tickets, replace(numbers, count=large.tickets)
    yield _loaded(schema, total, large, each, why)
    await _count(site, extent, schema, numbers)
    second = await _measured(site, schema, numbers)
    for what, figure in second.items():
        yield _compared(
            f"{schema}: {what}", first.get(what), figure, (small.tickets, total), extent
        )


async def _count(site: Site, extent: Extent, schema: str, numbers: Numbers) -> None:
    """Only sla has roll-ups."""
    if schema == "sla":
        await count_figures(site, numbers, extent.counting_s)


async def _measured(site: Site, schema: str, numbers: Numbers) -> dict[str, Figure]:
    return await (measure_intake(site) if schema == "intake" else measure_sla(site, numbers))


def _affordable(extent: Extent, small: Loaded, each: float, free: int) -> tuple[int, str]:
    """How many more tickets there can be, and what bounds them."""
    bounds = {
        "all that are wanted": extent.large - extent.small,
        "bounded by the disk": int((free - RESERVE - BESIDE) / each),
        "bounded by time": int(extent.loading_s / (small.seconds / small.tickets * SLOWER)),
    }
    why = min(bounds, key=lambda bound: bounds[bound])
    if bounds[why] < extent.small:
        raise RuntimeError(f"only {bounds[why]:,} more tickets fit here, {why}: free some disk")
    return bounds[why] // 1_000 * 1_000, why


def _loaded(schema: str, total: int, large: Loaded, each: float, why: str) -> Result:
    rate = large.tickets / large.seconds
    return Result(
        f"{schema}: tickets stored ({why}), {each:,.0f} bytes each",
        f"{total:,}",
        "",
        f"loaded {rate:,.0f}/s, {large.rows / large.inserting_s:,.0f} rows/s before indexes",
        "",
        None,
    )


def _compared(
    what: str, small: Figure | None, large: Figure, sizes: tuple[int, int], extent: Extent
) -> Result:
    """What is asked for and was not loaded is extrapolated, and says so."""
    work = f"{what}, among {sizes[1]:,}"
    if small is None:
        return Result(work, str(large), "", "", "", None)
    slope = (large.seconds - small.seconds) / (sizes[1] - sizes[0])
    far = replace(large, seconds=large.seconds + slope * (extent.large - sizes[1]))
    beyond = sizes[1] < extent.large * 0.99 and far.seconds > 0
    return Result(
        work,
        str(large),
        f"among {sizes[0]:,} {small}",
        f"{large.seconds / small.seconds:.2f} x as long",
        f"extrapolated to {extent.large:,}, a straight line: {far}" if beyond else "",
        None,
    )


def _free(found: Servers) -> int:
    return shutil.disk_usage(found.state.folder).free


async def _stored_bytes(url: str, schema: str) -> int:
    connection = await asyncpg.connect(url)
    stored: int = await connection.fetchval(
        "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE relkind = 'r'"
        " AND relnamespace = $1::text::regnamespace",
        schema,
    )
    await connection.close()
    return stored


async def _today(url: str) -> datetime:
    connection = await asyncpg.connect(url)
    today: datetime = await connection.fetchval("SELECT statement_timestamp()")
    await connection.close()
    return today
