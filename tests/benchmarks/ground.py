"""A database for one measurement: fsync on, the common tables, and nothing else running beside."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from common.simulated_time import install
from common.testing.databases import Templates
from opsdesk_local.servers import Servers, embedded_servers


@contextmanager
def servers() -> Iterator[Servers]:
    """PostgreSQL 18 (durable: fsync on) and one Kafka broker of our own."""
    with embedded_servers(durable=True) as found:
        yield found


@asynccontextmanager
async def schema_of(found: Servers, wanted: str, *, simulated: bool = False) -> AsyncIterator[str]:
    """A fresh database with one schema; yields the runtime role's address. Real time by default."""
    templates = Templates(found, prefix=f"bench_{os.getpid()}")
    template = await templates.of(wanted)
    async with templates.clone(template, 1) as url:
        name = url.rpartition("/")[2]
        owner = await asyncpg.connect(templates.owner_url(template, name))
        await install(owner, template.schema, simulated=simulated)
        await owner.close()
        yield url
    await templates.drop_all()


def machine() -> str:
    """What the figures were measured on."""
    with open("/proc/meminfo", encoding="ascii") as memory:
        kib = int(memory.readline().split()[1])
    return f"{os.cpu_count()} cores, {kib / 2**20:.0f} GiB"
