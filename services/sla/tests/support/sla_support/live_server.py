"""The app on a port of its own, in this event loop: for what outlives a request."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from opsdesk_testing.tokens import token
from opsdesk_testing.waiting import until
from sla.status.routes import broadcaster_of


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event of a stream."""

    event: str
    id: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class LiveServer:
    """`stop` lets the server end, as SIGTERM would."""

    address: str
    server: uvicorn.Server

    def stop(self) -> None:
        self.server.should_exit = True


@asynccontextmanager
async def serve_live(app: FastAPI) -> AsyncIterator[LiveServer]:
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    broadcast = asyncio.create_task(broadcaster_of(app).run())
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield LiveServer(f"http://127.0.0.1:{port}", server)
    finally:
        server.should_exit = True
        await serving
        broadcast.cancel()


async def listen(
    client: httpx.AsyncClient, subject: str = "theo", **headers: str
) -> AsyncGenerator[StreamEvent, None]:
    """The events of a status stream, heartbeats included, until it ends. Raises HTTPStatusError."""
    request_headers = {"Authorization": f"Bearer {token(subject)}"} | headers
    async with client.stream(
        "GET", "/v1/status/stream", headers=request_headers, timeout=20
    ) as answer:
        answer.raise_for_status()
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif fields.get("event"):
                data = json.loads(fields["data"]) if fields.get("data") else None
                yield StreamEvent(fields["event"], fields.get("id"), data)
                fields = {}
