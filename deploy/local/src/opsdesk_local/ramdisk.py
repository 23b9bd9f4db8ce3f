"""A folder in memory, for a server whose data nobody keeps.

PostgreSQL makes a test's database out of 900 small files: 25 ms here, and up to half a second on a
slow disk, two thousand times in one `make test`.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
MIN_FREE_BYTES = 4 * 1024**3
"""Bytes that must be free, of the folder and of the machine: the databases take a tenth of it."""


@contextmanager
def ramdisk_folder(state: Path, number: int, fallback: Path) -> Iterator[Path]:
    """An empty folder for run `number` of this state, gone at the end; `otherwise` where memory is
    short, as in most containers. What a killed run left there goes with the next one's beginning.
    """
    if _free_bytes() < MIN_FREE_BYTES:
        yield fallback
        return
    folder = SHARED_MEMORY / f"{_prefix(state)}{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)  # fails where somebody else has laid one there
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(state: Path) -> None:
    """Remove what killed runs of this state have left in memory."""
    for folder in SHARED_MEMORY.glob(f"{_prefix(state)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _prefix(state: Path) -> str:
    return f"opsdesk-{hashlib.sha256(str(state).encode()).hexdigest()[:8]}-"


def _free_bytes() -> int:
    """Bytes; none where there is no such folder or nobody says how much memory is left."""
    try:
        room = os.statvfs(SHARED_MEMORY)
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    available = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "0")
    return min(room.f_bavail * room.f_frsize, int(available) * 1024)
