"""The proxy in front of a service, which ends TLS; and a caller who finds names that no DNS knows."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.security.authority import ServerCertificate

PIECE = 64 * 1024


@asynccontextmanager
async def ends_tls(certificate: ServerCertificate, service_port: int) -> AsyncIterator[int]:
    """Yield a port of this machine that speaks TLS, and hands on to a service's port what it hears."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)

    running: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", service_port)
        ways = ((reader, behind_writer), (behind_reader, writer))
        writers.update((writer, behind_writer))
        tasks = {asyncio.create_task(_carry(*way)) for way in ways}
        running.update(tasks)
        await asyncio.wait(tasks)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()  # both ends of what is still open see its end
        if running:
            await asyncio.wait(running)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes until one side ends; a side that hangs up is the end, too."""
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


class ByName(httpx.AsyncBaseTransport):
    """Finds each name at a port of this machine, and believes the certificate of that name alone."""

    def __init__(self, ports: Mapping[str, int], authority: Path) -> None:
        self._ports = ports
        context = ssl.create_default_context(cafile=authority)
        self._inner = httpx.AsyncHTTPTransport(verify=context)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        if name not in self._ports:
            return await self._inner.handle_async_request(request)
        url = request.url.copy_with(host="127.0.0.1", port=self._ports[name])
        led = httpx.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return await self._inner.handle_async_request(led)

    async def aclose(self) -> None:
        await self._inner.aclose()
