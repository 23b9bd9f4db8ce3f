"""A network that loses what one side sends: TCP proxies between the services and their servers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from opsdesk_local.ports import free_port
from opsdesk_local.service import SERVICES
from tests.faults.site import Site

Direction = Literal["to the server", "to the service"]
DIRECTIONS: tuple[Direction, ...] = ("to the server", "to the service")
CHUNK_BYTES = 65536


class Proxy:
    """Passes bytes on to a port of 127.0.0.1.

    While a direction is cut its bytes wait, as TCP lets them wait that gets no acknowledgement:
    neither side learns of it other than by its own time-outs.
    """

    def __init__(self, port: int, target_port: int) -> None:
        self.port = port
        self._target_port = target_port
        self._connections: set[asyncio.Task[None]] = set()
        self._flows = {direction: asyncio.Event() for direction in DIRECTIONS}
        for flow in self._flows.values():
            flow.set()

    @contextmanager
    def cut(self, direction: Direction) -> Iterator[None]:
        self._flows[direction].clear()
        try:
            yield
        finally:
            self._flows[direction].set()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(client, back))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _connect(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            server, onward = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:  # the server is down: the client sees a closed connection
            back.close()
            return
        await asyncio.gather(
            self._pass_on(client, onward, self._flows["to the server"]),
            self._pass_on(server, back, self._flows["to the service"]),
        )

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, flow: asyncio.Event
    ) -> None:
        try:
            while data := await source.read(CHUNK_BYTES):
                await flow.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass  # either side has ended it, and the other is told so
        finally:
            target.close()


@dataclass(frozen=True, slots=True)
class Proxies:
    """What lies between all services and their servers."""

    database: Proxy
    kafka: Proxy


@asynccontextmanager
async def proxied(site: Site) -> AsyncIterator[Proxies]:
    """Start all services of a site anew, behind proxies to PostgreSQL and Kafka; later without them."""
    database_port = urlsplit(site.servers.admin_url).port
    assert database_port is not None
    kafka_port = await asyncio.to_thread(_listen_behind_proxy, site, advertised := free_port())
    async with (
        Proxy(free_port(), database_port).serve() as database,
        Proxy(advertised, kafka_port).serve() as kafka,
    ):
        await asyncio.to_thread(_reroute, site, database.port, kafka.port)
        yield Proxies(database, kafka)
        await asyncio.to_thread(site.replace_all, {})


def _listen_behind_proxy(site: Site, advertised: int) -> int:
    """Let the broker listen on one more port and tell its clients there to use `advertised`."""
    assert site.servers.kafka is not None
    broker, port = site.servers.kafka.brokers[0], free_port()
    broker.stop()
    broker.properties["listeners"] += f",PROXIED://127.0.0.1:{port}"
    broker.properties["advertised.listeners"] += f",PROXIED://127.0.0.1:{advertised}"
    broker.properties["listener.security.protocol.map"] += ",PROXIED:PLAINTEXT"
    broker.start()
    return port


def _reroute(site: Site, database_port: int, kafka_port: int) -> None:
    settings = {}
    for service in SERVICES:
        url = site.desk.environment(service)["OPSDESK_DATABASE_URL"]
        direct = f":{urlsplit(url).port}/"
        settings[service.name] = {
            "OPSDESK_DATABASE_URL": url.replace(direct, f":{database_port}/"),
            "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{kafka_port}",
        }
    site.replace_all(settings)
