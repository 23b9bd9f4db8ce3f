"""HTTP by hand, for callers who do it wrong: connections to a server with bounds, on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from common.http.guarded_protocol import ConnectionBounds, guarded_protocol
from common.processes.draining_server import UnsignalledServer
from opsdesk_testing.waiting import until


class Connection:
    """The caller's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def response(self) -> tuple[int, bytes]:
        """Status and body of the next response. Raises IncompleteReadError where none comes."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"content-length" in line
        )
        return int(head.split()[1]), await self.reader.readexactly(length)

    async def closed(self) -> bool:
        """Whether the other end hangs up."""
        with suppress(ConnectionError):
            return await self.reader.read() == b""
        return True


@asynccontextmanager
async def bounded_server(bounds: ConnectionBounds, app: ASGIApp) -> AsyncIterator[int]:
    """Serve an app within these bounds; its port."""
    config = uvicorn.Config(
        app, http=guarded_protocol(bounds), port=0, lifespan="off", log_config=None
    )
    server = UnsignalledServer(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await task
