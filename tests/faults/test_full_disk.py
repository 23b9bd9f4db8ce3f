"""A disk without room, for PostgreSQL and Kafka: what was acknowledged is there once there is room again."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from opsdesk_local.broker import Broker
from opsdesk_local.postgres import Postgres
from opsdesk_local.state import State, open_state
from tests.faults.conftest import FaultSite, broken_under_load, speaker
from tests.faults.fault_injection import InjectFault
from tests.faults.site import Site, site

RATE, SECONDS, FULL_S = 30, 25.0, 8.0
DISK_BYTES = 1536 * 1024**2


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of DISK_BYTES in memory, where PostgreSQL's user gets in."""
    folder.mkdir()
    options = f"size={DISK_BYTES},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


@pytest.fixture
def disk() -> Iterator[Path]:
    state = open_state()
    with small_disk(state.folder / f"small-disk-{os.getpid()}") as folder:
        (folder / "downloads").symlink_to(state.downloads)
        yield folder


@pytest.fixture
async def on_small_disk(
    disk: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    async with site(tmp_path / "site", state=State(disk)) as running:
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
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount the small disk that is filled")
async def test_a_full_disk_loses_nothing(on_small_disk: FaultSite, disk: Path) -> None:
    breaks = fill(disk, FULL_S)
    assert await broken_under_load(on_small_disk, breaks, "disk full", RATE, SECONDS) == []
