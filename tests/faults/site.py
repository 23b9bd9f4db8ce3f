"""A whole OpsDesk on servers of its own: to be killed, piece by piece, and looked at afterwards.

Real time: what is measured here is how the parts recover, not what Monday looks like.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from aiokafka.errors import KafkaError

from common.auth.local_issuer import LocalIssuer
from common.settings import LOCAL_ISSUER
from opsdesk_local.addresses import issuer_folder
from opsdesk_local.installation import Installation
from opsdesk_local.servers import Servers, embedded_servers
from opsdesk_local.service import SERVICES, Service, ServiceProcess
from tests.faults import agreements
from tests.faults.checker import Opening, find_faults
from tests.faults.snapshots import SCHEMAS, history, unread_records

SETTLE_TIMEOUT_S = 120.0
"""Seconds without any progress after which what is on its way after a fault counts as stopped."""
MAX_SETTLE_S = 600.0
"""Seconds that everything may take to come to rest, however much goes on meanwhile."""
DUE_WITHIN_S = 6
"""Seconds without anything falling due: long enough to read what has happened undisturbed."""


class Site:
    """Four services (`replicas` of each) on embedded PostgreSQL and Kafka."""

    def __init__(
        self,
        servers: Servers,
        folder: Path,
        replicas: int,
        settings: Mapping[str, str] | None = None,
        installation: Callable[..., Installation] = Installation,
    ) -> None:
        self.servers = servers
        self.desk = installation(
            folder,
            servers.admin_url,
            servers.bootstrap,
            servers.state.password,
            settings={
                "OPSDESK_TIME_MODE": "real",
                "OPSDESK_REQUESTS_PER_MINUTE": "1000000",
                **(settings or {}),
            },
        )
        self._replicas = replicas
        self.more: list[ServiceProcess] = []

    def start(self) -> None:
        """Blocks until everything is ready."""
        self.desk.prepare()
        self.token("anna")  # the issuer's keys come to be with its first token
        self.desk.start()
        for number in range(2, self._replicas + 1):
            for service in SERVICES:
                self.more.append(self.desk.replica(service, f"{service.name}-{number}"))
        for process in self.more:
            process.launch()
        for process in self.more:
            process.wait_ready()

    def stop(self) -> None:
        for process in self.more:
            process.kill()
        self.desk.stop()

    def replace(self, service: Service, settings: Mapping[str, str]) -> None:
        """Start a service anew on its port, with other variables in its environment; do not wait."""
        former = self.desk.services[service.name]
        former.stop()
        process = self.desk.replica(service, service.name, settings, former.port)
        self.desk.services[service.name] = process
        process.launch()

    def replace_all(self, settings: Mapping[str, Mapping[str, str]]) -> None:
        """Start all services anew, with more variables by the service's name; wait until all are ready."""
        for service in SERVICES:
            self.replace(service, settings.get(service.name, {}))
        for process in self.desk.services.values():
            process.wait_ready()

    def replicas_of(self, name: str) -> list[ServiceProcess]:
        return [self.desk.services[name], *(p for p in self.more if p.name.startswith(f"{name}-"))]

    @property
    def intakes(self) -> list[str]:
        return [process.url for process in self.replicas_of("intake")]

    @property
    def admin_url(self) -> str:
        return self.desk.addresses.admin_database_url

    def token(self, sub: str, *roles: str) -> str:
        return self._issuer.issue(sub, roles=roles).token

    def machine_token(self, sub: str, scope: str) -> str:
        return self._issuer.issue(sub, scope=scope).token

    @property
    def _issuer(self) -> LocalIssuer:
        return LocalIssuer(issuer_folder(self.desk.folder), LOCAL_ISSUER)

    async def create_agreement(self) -> None:
        """The customer of the load, with promises of seconds, so that deadlines fall due in a run."""
        await agreements.create_customer_agreement(
            self.desk.services["intake"].url, self.desk.services["sla"].url, self.token
        )

    async def wait_until_settled(self, seconds: float = SETTLE_TIMEOUT_S) -> float:
        """Wait until nothing is on its way any more; answer how long that took.

        Raises AssertionError with what stands still once it has for so many seconds.
        """
        began = moved_at = time.monotonic()
        quiet, before = 0, None
        while quiet < 2:
            stirring = await self._pending_work()
            quiet = 0 if stirring else quiet + 1
            now = time.monotonic()
            if stirring != before:
                before, moved_at = stirring, now
            if now - moved_at > seconds or now - began > MAX_SETTLE_S:
                readiness = await asyncio.to_thread(self._describe_readiness)
                raise AssertionError(
                    f"not at rest after {now - began:.0f} s, for {now - moved_at:.0f} s without progress: {stirring}; {readiness}"
                )
            await asyncio.sleep(0.3)  # each look costs the servers under test
        return time.monotonic() - began

    def _describe_readiness(self) -> str:
        """What the replicas say of themselves."""
        replicas = [*self.desk.services.values(), *self.more]
        return ", ".join(f"{one.name} says {one.readiness() or 'ready'}" for one in replicas)

    async def _pending_work(self) -> str | None:
        """The first thing found that is still on its way; None when all is quiet."""
        try:
            connection = await asyncpg.connect(self.admin_url, timeout=5)
            try:
                for schema in SCHEMAS:
                    if found := await connection.fetch(
                        WAITING.format(schema=schema, soon=DUE_WITHIN_S)
                    ):
                        return f"{schema}: " + ", ".join(row["what"] for row in found)
            finally:
                await connection.close()
            unread = await unread_records(self.servers.bootstrap)
            return "records that are not read: " + ", ".join(unread) if unread else None
        except (OSError, asyncpg.PostgresError, KafkaError) as error:
            return f"no answer ({type(error).__name__})"

    async def faults(self, openings: list[Opening]) -> list[str]:
        """What the history checker finds wrong."""
        return find_faults(await history(self.admin_url, self.servers.bootstrap, openings))


WAITING = """
    (SELECT 'unsent ' || subject AS what FROM {schema}.outbox LIMIT 3)
    UNION ALL
    (SELECT kind || ' due ' || due_at || coalesce(', ' || problem, '') FROM {schema}.deadlines
     WHERE due_at <= {schema}.now() + interval '{soon} s' LIMIT 3)
"""


@asynccontextmanager
async def site(
    folder: Path,
    *,
    brokers: int = 1,
    replicas: int = 1,
    data: Mapping[str, Path] | None = None,
    prepare_kafka: Callable[[str], Awaitable[None]] | None = None,
    settings: Mapping[str, str] | None = None,
    installation: Callable[..., Installation] = Installation,
) -> AsyncIterator[Site]:
    """A site for one test; everything is gone afterwards. `data` are other folders for those of its servers.

    `prepare_kafka` is called with the brokers' addresses before topics are created, `settings` are variables
    of all services, `installation` makes it another one than usual.
    """
    servers = embedded_servers(brokers=brokers, durable=True, data=data)
    running = Site(
        await asyncio.to_thread(servers.__enter__), folder, replicas, settings, installation
    )
    try:
        if prepare_kafka is not None:
            await prepare_kafka(running.servers.bootstrap)
        await asyncio.to_thread(running.start)
        await running.create_agreement()
        yield running
    finally:
        await asyncio.to_thread(running.stop)
        await asyncio.to_thread(servers.__exit__, None, None, None)


async def retry_until_it_works(ask: Callable[[], Awaitable[Any]], seconds: float = 60) -> float:
    """How long until `ask` raises nothing any more (httpx errors and 5xx count as not yet)."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while True:
            try:
                await ask()
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return time.monotonic() - began
