"""What each service keeps in memory when nothing happens."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from opsdesk_local.service import SERVICES
from tests.benchmarks.environment import desk, servers
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Effort

ALLOWED = 150.0
"""MiB."""


async def run(effort: Effort) -> AsyncIterator[Result]:
    with servers() as found, desk(found, *(service.name for service in SERVICES)) as office:
        await asyncio.to_thread(office.start)
        await asyncio.sleep(effort.seconds)  # what starting needed is given back by then
        kept = {
            name: _resident(process.child.pid)
            for name, process in office.services.items()
            if process.child is not None
        }
    for name, mib in kept.items():
        yield Result(
            f"idle service, resident: {name}",
            f"{mib:.0f} MiB",
            "",
            f"{mib / ALLOWED:.2f} of what is allowed",
            f"<= {ALLOWED:.0f} MiB",
            mib <= ALLOWED,
        )


def _resident(pid: int) -> float:
    """MiB. Raises where the process is gone."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("the service has ended")
    return int(found[1]) / 1024
