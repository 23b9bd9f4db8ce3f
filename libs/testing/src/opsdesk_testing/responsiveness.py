"""How long a process computes without answering anybody, in seconds of its own computing.

Seconds of the clock would count what other processes of the machine do, and would fail on a busy one.
"""

import asyncio
import time
from typing import Any

from fastapi import FastAPI

from opsdesk_testing.client import management_client

PAUSE_S = 0.01


async def longest_computing(task: "asyncio.Task[Any]") -> float:
    """The most seconds that this process computed between two turns of its loop, until the task is done."""
    longest, last = 0.0, time.process_time()
    while not task.done():
        await asyncio.sleep(PAUSE_S)  # a probe: whether it gets a turn
        now = time.process_time()
        longest, last = max(longest, now - last), now
    return longest


async def longest_computing_unanswered(app: FastAPI, task: "asyncio.Task[Any]") -> float:
    """The most seconds that this process computed before `/health/live` answered, until the task is done."""
    longest = 0.0
    async with management_client(app) as anybody:
        while not task.done():
            asked = time.process_time()
            assert (await anybody.get("/health/live")).status_code == 200
            longest = max(longest, time.process_time() - asked)
            await asyncio.sleep(PAUSE_S)
    return longest
