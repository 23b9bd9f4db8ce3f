"""The console at a real port, and pages in a real browser that are watched while they are looked at."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # has no types
from fastapi import FastAPI
from playwright.async_api import BrowserContext, Page, Request

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STARTED_S = 20.0
BROKEN = 500


def free_socket() -> socket.socket:
    """Return a bound socket: its port is known before the console starts."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@asynccontextmanager
async def serve(app: FastAPI, bound: socket.socket) -> AsyncIterator[None]:
    """Serve an app until the end, without its background loops."""
    config = uvicorn.Config(app, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    async with asyncio.timeout(STARTED_S):
        await server.listens.wait()
    yield
    server.should_exit = True
    await task


@dataclass
class Watched:
    """A page with what it did wrong: errors of scripts, reports of the policy, requests to other hosts."""

    page: Page
    origin: str
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, context: BrowserContext, origin: str) -> "Watched":
        watched = cls(await context.new_page(), origin)
        watched.page.on("pageerror", lambda error: watched.wrong.append(f"error: {error}"))
        watched.page.on("console", lambda message: watched._note(message.type, message.text))
        watched.page.on("request", watched._see)
        return watched

    def _note(self, kind: str, text: str) -> None:
        # A status that a page has on purpose is told as an error, too.
        if kind == "error" and "Failed to load resource" not in text:
            self.wrong.append(f"{kind}: {text}")

    def _see(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.url.removeprefix(self.origin)}")
        if not request.url.startswith((self.origin, "data:", "about:")):
            self.wrong.append(f"another host: {request.url}")

    async def go(self, path: str) -> None:
        """Open a path, and wait until its scripts have run."""
        answer = await self.page.goto(self.origin + path, wait_until="load")
        if answer is not None and answer.status == BROKEN:
            self.wrong.append("it cannot be shown, by a mistake of ours")

    async def faults(self, paths: Iterable[str]) -> dict[str, list[str]]:
        """Return what these pages do wrong, and what axe finds on them."""
        faults: dict[str, list[str]] = {}
        for path in paths:
            await self.go(path)
            wrong = list(self.wrong)
            if found := wrong + await faults_of(self.page):
                faults[path] = found
            self.wrong.clear()  # axe's own styles are reported, too
        return faults

    async def wider_than(self, width: int, paths: Iterable[str]) -> dict[str, int]:
        """Return the pages that would have to be scrolled sideways at this width, with their own."""
        wide: dict[str, int] = {}
        for path in paths:
            await self.go(path)
            found = await self.page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[path] = found
        return wide


Look = Callable[..., Awaitable[Watched]]
"""Opens a browser in which somebody is signed in; keywords are those of Playwright's contexts."""


async def faults_of(page: Page) -> list[str]:
    """Return what axe finds on a page, each with the first element."""
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]
