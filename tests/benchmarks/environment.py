"""What a measurement stands on: durable servers of our own, databases, services, a customer."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx

from common.auth.local_issuer import LocalIssuer
from common.settings import LOCAL_ISSUER
from common.simulated_time import install_now_function
from opsdesk_local.addresses import issuer_folder
from opsdesk_local.installation import Installation
from opsdesk_local.ports import accepts_connections
from opsdesk_local.servers import Servers, embedded_servers
from opsdesk_local.service import SERVICES, ServiceProcess
from opsdesk_local.waiting import holds_within
from opsdesk_testing.databases import Templates
from tests.faults import agreements

CUSTOMER = agreements.CUSTOMER
CLONE = Path(__file__).resolve().parents[2]


@contextmanager
def servers(*, brokers: int = 1) -> Iterator[Servers]:
    """PostgreSQL 18 (durable: fsync on) and Kafka of our own: one broker, or three that copy every record."""
    with embedded_servers(durable=True, brokers=brokers) as started:
        yield started


@asynccontextmanager
async def schema_of(
    servers: Servers, wanted: str, *, simulated: bool = False
) -> AsyncIterator[str]:
    """A fresh database with one schema; yields the runtime role's address. Real time by default."""
    templates = Templates(servers, prefix=f"bench_{os.getpid()}")
    template = await templates.of(wanted)
    async with templates.clone(template, 1) as url:
        name = url.rpartition("/")[2]
        owner = await asyncpg.connect(templates.owner_url(template, name))
        await install_now_function(owner, template.schema, simulated=simulated)
        await owner.close()
        yield url
    await templates.drop_all()


@contextmanager
def open_installation(servers: Servers, *names: str) -> Iterator[Installation]:
    """These services, migrated and not yet started, in real time and without a limit in the way."""
    with TemporaryDirectory(prefix="opsdesk-bench-") as folder:
        installation = Installation(
            Path(folder),
            servers.admin_url,
            servers.bootstrap,
            servers.state.password,
            services=[service for service in SERVICES if service.name in names],
            settings={
                "OPSDESK_TIME_MODE": "real",
                "OPSDESK_REQUESTS_PER_MINUTE": "100000000",
                "PYTHONPATH": os.pathsep.join([str(CLONE), os.environ.get("PYTHONPATH", "")]),
            },
        )
        installation.prepare()
        token(installation, "anna", "ops")  # the issuer's keys come to be with its first token
        try:
            yield installation
        finally:
            installation.stop()


def replica_settings(installation: Installation, name: str, **settings: str) -> ServiceProcess:
    """One process of a service, with settings of its own."""
    service = next(one for one in SERVICES if one.name == name)
    label = "-".join([name, *(key.removeprefix("OPSDESK_").lower() for key in settings)])
    return installation.replica(service, label, settings)


@asynccontextmanager
async def running_process(
    process: ServiceProcess, *, ready: bool = True
) -> AsyncIterator[ServiceProcess]:
    """Started; `ready`, or at least answering (without Kafka it is not ready). Stopped at the end."""
    try:
        await asyncio.to_thread(process.start if ready else process.launch)
        if not await asyncio.to_thread(holds_within, 60, lambda: accepts_connections(process.port)):
            raise RuntimeError(f"{process.name} does not answer")
        yield process
    finally:
        await asyncio.to_thread(process.stop)


def token(installation: Installation, sub: str, *roles: str, scope: str | None = None) -> str:
    """An ES256 token of the local issuer."""
    issuer = LocalIssuer(issuer_folder(installation.folder), LOCAL_ISSUER)
    return issuer.issue(sub, roles=roles, scope=scope).token


async def register_customer(installation: Installation, intake: str) -> None:
    """The customer whose tickets are opened."""
    theo = {"Authorization": f"Bearer {token(installation, 'theo', 'tom')}"}
    customer = {"key": CUSTOMER, "name": "Benchmark", "timezone": "UTC", "language": "en"}
    async with httpx.AsyncClient(headers=theo, timeout=20) as client:
        answer = await client.post(f"{intake}/v1/customers", json=customer)
        answer.raise_for_status()


async def create_agreement(installation: Installation, intake: str, sla: str) -> None:
    """The same customer with an agreement at sla, whose deadlines are hours away."""
    await agreements.create_customer_agreement(intake, sla, partial(token, installation))


async def wait_for_query(
    url: str, query: str, holds: Callable[[Any], bool], seconds: float = 60, interval_s: float = 0.2
) -> None:
    """Wait until the one value that a query answers is as wanted. Raises TimeoutError."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(seconds):
            while not holds(await connection.fetchval(query)):  # noqa: ASYNC110 - not ours
                await asyncio.sleep(interval_s)
    finally:
        await connection.close()


def machine_description() -> str:
    """What the figures were measured on."""
    with open("/proc/meminfo", encoding="ascii") as memory:
        kib = int(memory.readline().split()[1])
    return f"{os.cpu_count()} cores, {kib / 2**20:.0f} GiB"
