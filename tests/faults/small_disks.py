"""Small disks in memory, to be filled: as root, or in a user's own namespace of mounts (`make faults` makes one)."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MNT_DETACH = 2
HOW = "as root, or by `make faults`, where the kernel lets users have namespaces of their own"


class MountRefused(Exception):
    """This process may not mount a disk."""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Yield `folder` with a disk of so many bytes in memory, where PostgreSQL's user gets in.

    Raises MountRefused where this process may not mount one.
    """
    folder.mkdir()
    try:
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={size},mode=755".encode())
        try:
            yield folder
        finally:
            _call("umount2", os.fsencode(folder), MNT_DETACH)
    finally:
        folder.rmdir()


def _call(name: str, *arguments: object) -> None:
    """Not the program `mount`: it asks who the user is, and not what the process may do."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) == 0:
        return
    number = ctypes.get_errno()
    if isinstance(OSError(number, ""), PermissionError):
        raise MountRefused(f"{name} is refused ({os.strerror(number)}): run it {HOW}")
    raise OSError(number, f"{name}: {os.strerror(number)}")
