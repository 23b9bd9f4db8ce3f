"""What each service keeps in memory when nothing happens."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from opsdesk_local.listening import in_session
from opsdesk_local.service import SERVICES
from tests.benchmarks.environment import open_installation, servers
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

MAX_MIB = 150.0
"""MiB."""


async def run(scale: Scale) -> AsyncIterator[Result]:
    with (
        servers() as found,
        open_installation(found, *(service.name for service in SERVICES)) as installation,
    ):
        await asyncio.to_thread(installation.start)
        await asyncio.sleep(scale.seconds)  # what starting needed is given back by then
        resident_mib = {
            name: resident(process.child.pid)
            for name, process in installation.services.items()
            if process.child is not None
        }
    for name, mib in resident_mib.items():
        yield Result(
            f"idle service, resident: {name}",
            f"{mib:.0f} MiB",
            "",
            f"{mib / MAX_MIB:.2f} of what is allowed",
            f"<= {MAX_MIB:.0f} MiB",
            mib <= MAX_MIB,
        )


def resident(pid: int) -> float:
    """MiB of a replica's two processes; what they share counts once. Raises where they are gone."""
    processes = list(in_session(pid))
    if not processes:
        raise RuntimeError("the service has ended")
    return sum(map(_proportional, processes))


def _proportional(process: Path) -> float:
    found = re.search(r"Pss:\s+(\d+) kB", (process / "smaps_rollup").read_text())
    return int(found[1]) / 1024 if found else 0.0
