"""Services whose own clock is hours ahead or behind: promises are counted by the database's clock."""

import asyncio
import subprocess
import sys
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
LIBRARY_OF_PYPI = "/libfaketime/vendor/libfaketime/src/libfaketime.so.1"
DEBIAN = ("apt-get download libfaketime", "dpkg-deb --extract libfaketime_*.deb .")
PINNED = "libfaketime==3.0.1 --hash=sha256:5eed7c17f3d4ba0f6f828de4975f69a622b06b1e792674e6c1b069c0689fab79"
PYPI = (
    f"echo '{PINNED}' > pinned.txt",
    f"{Path(sys.executable).with_name('uv')} pip install --quiet --no-deps --require-hashes --target . -r pinned.txt",
)


@pytest.fixture(scope="module")
def libfaketime(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library: that of this machine, else Debian's or PyPI's, unpacked in a temporary folder."""
    folder = tmp_path_factory.mktemp("faketime")
    found = (
        glob(LIBRARY) or _fetch(folder, DEBIAN, LIBRARY) or _fetch(folder, PYPI, LIBRARY_OF_PYPI)
    )
    if not found:
        pytest.skip(
            "a wrong clock needs libfaketime: not here, nor to be had by apt-get, nor from PyPI for this processor"
        )
    return found[0]


def _fetch(folder: Path, commands: tuple[str, ...], library: str) -> list[str]:
    """Neither needs root: nothing is installed. Returns the library where it works, else nothing."""
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, capture_output=True, check=False, timeout=60
        )
        if done.returncode:
            return []
    return [one for one in glob(f"{folder}{library}") if _works(one)]


def _works(library: str) -> bool:
    """What is built for another processor is not loaded, and the clock is right."""
    faked = {"LD_PRELOAD": library, "FAKETIME": "@2001-01-01 00:00:00", "PATH": "/usr/bin:/bin"}
    shown = subprocess.run(["date", "+%Y"], env=faked, capture_output=True, check=True, timeout=10)
    return shown.stdout.strip() == b"2001"


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
