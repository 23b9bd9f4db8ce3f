"""A site on this machine that serves feeds, and a fetcher that is allowed to ask it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address

from common.outbound_addresses import Address
from sla.calendars.feed_client import FeedFetcher

HERE = ip_address("127.0.0.1")


class Site:
    """A web server on this machine that answers what it is told to, and keeps what it was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.requests: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answers[min(len(self.requests), len(self.answers)) - 1])
        await writer.drain()
        writer.close()


@asynccontextmanager
async def running_site(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site(*answers)
    server = await asyncio.start_server(site.serve, str(HERE), 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def http_response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def redirect_to(to: str) -> bytes:
    return http_response(b"", f"Location: {to}", status="302 Found")


def fetcher_resolving_to(*addresses: Address) -> FeedFetcher:
    """Every name stands for these addresses; this machine is allowed, and nothing else is."""

    async def looks_up(host: str, port: int) -> Sequence[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            return addresses

    return FeedFetcher(looks_up, lambda address: address == HERE)
