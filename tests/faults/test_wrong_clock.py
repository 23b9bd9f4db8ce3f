"""Services whose own clock is hours ahead or behind: promises are counted by the database's clock."""

import asyncio
import subprocess
from contextlib import suppress
from glob import glob
from pathlib import Path

import httpx
import pytest

from opsdesk_local.service import SERVICES
from opsdesk_testing.waiting import until
from tests.faults.conftest import FaultSite, broken_under_load
from tests.faults.site import Site

RATE, SECONDS = 30, 15.0
LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


@pytest.fixture(scope="module")
def libfaketime(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library: that of this machine, else of Debian's package, unpacked in a temporary folder."""
    found = glob(LIBRARY) or _fetch(tmp_path_factory.mktemp("faketime"))
    if not found:
        pytest.skip(
            "a wrong clock needs libfaketime, which is neither here nor to be had by apt-get"
        )
    return found[0]


def _fetch(folder: Path) -> list[str]:
    """Neither needs root: nothing is installed."""
    for command in (
        "apt-get download libfaketime",
        "dpkg-deb --extract libfaketime_*.deb .",
    ):
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, capture_output=True, check=False, timeout=60
        )
        if done.returncode:
            return []
    return glob(f"{folder}{LIBRARY}")


@pytest.fixture(params=["+2h", "-2h"])
def wrong_clock(request: pytest.FixtureRequest, libfaketime: str) -> dict[str, str]:
    """The variables of a process whose wall clock differs; its monotonic clock is right."""
    return {
        "LD_PRELOAD": libfaketime,
        "FAKETIME": request.param,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.mark.long
async def test_a_clock_hours_off_loses_nothing_and_is_told(
    one: FaultSite, wrong_clock: dict[str, str]
) -> None:
    """With -2h fresh tokens are refused (401): a caller must ask where the clocks are right."""

    async def start_anew(site: Site) -> None:
        for service in SERVICES:
            await asyncio.to_thread(site.replace, service, wrong_clock)
        for service in SERVICES:
            assert await only_trouble(site.desk.services[service.name].management_url) == {"clock"}

    name = f"clocks {wrong_clock['FAKETIME']}"
    try:
        assert await broken_under_load(one, start_anew, name, RATE, SECONDS) == []
    finally:
        await asyncio.to_thread(one.site.replace_all, {})


async def only_trouble(url: str) -> set[str]:
    """Wait until a service answers requests and says nothing else of itself than the clock."""
    found: set[str] = set()

    async def only_the_clock() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.get(f"{url}/health/ready")
            except httpx.TransportError:
                return False
        found.clear()
        found.update(answer.json()["degraded"], answer.json()["not_ready"])
        return found == {"clock"}

    with suppress(TimeoutError):
        await until(only_the_clock, 60)
    return found
