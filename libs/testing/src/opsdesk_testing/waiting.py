"""Waiting in tests: for a condition, with a limit, instead of sleeping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class BackgroundLoop(Protocol):
    """A loop of a service: relay, consumer, scheduler."""

    async def run(self) -> None: ...


@asynccontextmanager
async def run_until_exit(*loops: BackgroundLoop) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Run loops while the block runs, and cancel them after it.

    Raises what a loop failed with, also where the block failed for it: what waits for a loop that has
    ended would only say that the time is over.
    """
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for error in await asyncio.gather(*tasks, return_exceptions=True):
            # A loop that failed is an error: a service would have had to restart it.
            if isinstance(error, Exception):
                raise error


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until a condition is true, checked every 10 ms. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found is True or (not isinstance(found, bool) and await found):
                return
            await asyncio.sleep(0.01)
