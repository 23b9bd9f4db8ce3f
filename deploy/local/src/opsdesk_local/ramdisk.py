"""A folder in memory, for a server whose data are not kept.

PostgreSQL creates a test's database from 900 small files, two thousand times in `make test`: each
takes 25 ms in memory and up to half a second on a slow disk.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
MIN_FREE_BYTES = 4 * 1024**3
"""Bytes that must be free in the folder and on the machine; databases take a tenth of them."""


@contextmanager
def ramdisk_folder(state: Path, number: int, fallback: Path) -> Iterator[Path]:
    """Create an empty folder for run `number` of this state, removed at the end.

    Yields `fallback` where memory is short, as in most containers. The next run removes what a
    killed run has left.
    """
    if _free_bytes() < MIN_FREE_BYTES:
        yield fallback
        return
    folder = SHARED_MEMORY / f"{_prefix(state)}{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)  # fails if somebody else has created it
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(state: Path) -> None:
    """Remove folders that killed runs of this state have left in memory."""
    for folder in SHARED_MEMORY.glob(f"{_prefix(state)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _prefix(state: Path) -> str:
    return f"opsdesk-{hashlib.sha256(str(state).encode()).hexdigest()[:8]}-"


def _free_bytes() -> int:
    """Return the free bytes; 0 without such a folder or where the free memory is unknown."""
    try:
        stats = os.statvfs(SHARED_MEMORY)
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    available = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "0")
    return min(stats.f_bavail * stats.f_frsize, int(available) * 1024)
