"""The memory that a large attachment takes while it is stored and while it is fetched again."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import httpx

from opsdesk_local.listening import in_session
from tests.benchmarks.environment import (
    open_installation,
    register_customer,
    replica_settings,
    running_process,
    servers,
    token,
)
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

MIB: Final = 2**20
SIZE: Final = 25 * MIB
MAX_GROWTH_MIB: Final = 10.0
RESET_PEAK: Final = "5"
"""Written to clear_refs, it sets the highest memory of a process (VmHWM) to the present one."""


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found, open_installation(found, "intake") as installation:
        intake = replica_settings(installation, "intake")
        async with running_process(intake):
            await register_customer(installation, intake.url)
            headers = {"Authorization": f"Bearer {token(installation, 'anna', 'ops')}"}
            async with httpx.AsyncClient(base_url=intake.url, headers=headers, timeout=60) as anna:
                await _store(anna, MIB)  # what the first one of any size takes is not the size's
                assert intake.child is not None
                processes = list(in_session(intake.child.pid))
                for process in processes:
                    (process / "clear_refs").write_text(RESET_PEAK)
                before = _peak_mib(processes)
                await _store(anna, SIZE)
                grown = _peak_mib(processes) - before
    yield Result(
        "an attachment of 25 MiB is stored: memory of the service beyond what it had",
        f"+{grown:.1f} MiB",
        "",
        f"{grown / MAX_GROWTH_MIB:.2f} of what is allowed",
        f"<= {MAX_GROWTH_MIB:.0f} MiB",
        grown <= MAX_GROWTH_MIB,
    )


async def _store(anna: httpx.AsyncClient, size: int) -> None:
    async def content() -> AsyncIterator[bytes]:
        for chunk in _chunks(size):
            yield chunk

    answer = await anna.post(
        "/v1/attachments",
        params={"name": f"{size}.log"},
        content=content(),
        headers={"Content-Type": "text/plain", "Content-Length": str(size)},
    )
    answer.raise_for_status()


def _chunks(size: int) -> Iterator[bytes]:
    line = b"2026-11-29T09:00:00Z billing: the totals of an invoice could not be computed\n"
    whole = line * (64 * 1024 // len(line))
    for start in range(0, size, len(whole)):
        yield whole[: size - start]


def _peak_mib(processes: list[Path]) -> float:
    """Return the highest memory of the service's processes since it was reset, in MiB."""
    texts = [(process / "status").read_text() for process in processes]
    return sum(
        int(found[1]) / 1024 for text in texts if (found := re.search(r"VmHWM:\s+(\d+)", text))
    )
