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
from sla.status.routes import board_of


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of a stream."""

    event: str
    id: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class Served:
    """`stop` lets the server end, as SIGTERM would."""

    address: str
    server: uvicorn.Server

    def stop(self) -> None:
        self.server.should_exit = True


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[Served]:
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    reader = asyncio.create_task(board_of(app).run())
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", server)
    finally:
        server.should_exit = True
        await running
        reader.cancel()


async def listened(
    client: httpx.AsyncClient, who: str = "theo", **headers: str
) -> AsyncGenerator[Heard, None]:
    """The events of a status stream, heartbeats included, until it ends. Raises HTTPStatusError."""
    asked = {"Authorization": f"Bearer {token(who)}"} | headers
    async with client.stream("GET", "/v1/status/stream", headers=asked, timeout=20) as answer:
        answer.raise_for_status()
        told: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                told[name] = value
            elif told.get("event"):
                data = json.loads(told["data"]) if told.get("data") else None
                yield Heard(told["event"], told.get("id"), data)
                told = {}
