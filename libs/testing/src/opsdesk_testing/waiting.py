"""Tests never sleep to wait: they await a condition, with a limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class BackgroundLoop(Protocol):
    """A loop of a service: relay, consumer, timekeeper."""

    async def run(self) -> None: ...


@asynccontextmanager
async def running(*loops: BackgroundLoop) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """The loops run while the block does, and are cancelled after it."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for error in results:
        # A loop that ended by itself is a finding: a service would have had to start it anew.
        if isinstance(error, Exception):
            raise error


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20) -> None:
    """Await a condition, asked again every 10 ms. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found is True or (not isinstance(found, bool) and await found):
                return
            await asyncio.sleep(0.01)
