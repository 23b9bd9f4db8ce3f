"""A disk without room, for PostgreSQL and for Kafka: what was acknowledged is there once there is room again."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest

from opsdesk_local.broker import Broker
from opsdesk_local.postgres import Postgres
from opsdesk_local.state import open_state
from tests.faults.conftest import FaultSite, broken_under_load, speaker
from tests.faults.fault_injection import InjectFault
from tests.faults.site import Site, site
from tests.faults.small_disks import MountRefused, small_disk

Filled = Literal["postgres", "kafka"]
RATE, SECONDS, FULL_S = 30, 40.0, 20.0
DISK_BYTES = 1024 * 1024**2


@pytest.fixture(params=["postgres", "kafka"])
def filled(request: pytest.FixtureRequest) -> Filled:
    """Whose disk it is; the other server's has room."""
    name: Filled = request.param
    return name


@pytest.fixture
def disk(filled: Filled) -> Iterator[Path]:
    try:
        with small_disk(open_state().folder / f"small-disk-{os.getpid()}", DISK_BYTES) as folder:
            yield folder
    except MountRefused as refused:
        pytest.skip(str(refused))


@pytest.fixture
async def on_small_disk(
    disk: Path, filled: Filled, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    async with site(tmp_path / "site", data={filled: disk}) as running:
        yield FaultSite(running, speaker(request))


def fill(disk: Path, seconds: float) -> InjectFault:
    """Take all room for a while, give it back, and start the servers that have ended, as systemd does."""

    async def fill_up(site: Site) -> None:
        filler = disk / "filler"
        taking = asyncio.create_task(_take_all(filler))
        await asyncio.sleep(seconds)
        taking.cancel()
        filler.unlink()
        await asyncio.to_thread(_start_what_ended, site)

    return fill_up


async def _take_all(filler: Path) -> None:
    """Also the room that comes free meanwhile."""
    with filler.open("wb") as file:
        while True:
            disk = os.statvfs(filler)
            free = disk.f_bavail * disk.f_frsize
            with suppress(OSError):  # somebody else was quicker
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), max(free, 1))
            await asyncio.sleep(0.02)


def _start_what_ended(site: Site) -> None:
    postgres, kafka = site.servers.postgres, site.servers.kafka
    assert postgres is not None
    assert kafka is not None
    servers: tuple[Postgres | Broker, ...] = (postgres, *kafka.brokers)
    for server in servers:
        if server.child is None or not server.child.alive:
            server.start()


@pytest.mark.long
async def test_a_full_disk_loses_nothing(
    on_small_disk: FaultSite, disk: Path, filled: Filled
) -> None:
    breaks = fill(disk, FULL_S)
    name = f"disk of {filled} full"
    assert await broken_under_load(on_small_disk, breaks, name, RATE, SECONDS) == []
