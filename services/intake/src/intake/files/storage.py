"""Where the bytes of uploaded files lie: by their SHA-256, in a folder or in a bucket (see `s3_storage`)."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol

CHUNK_BYTES: Final = 256 * 1024
"""How much of a file is in memory at a time."""


class FileMissing(Exception):
    """The storage has no bytes with this digest: they were lost, or never came back from a backup."""


class FileStorage(Protocol):
    """Keeps bytes by their digest. Whatever fails raises OSError: try again later."""

    incoming: Path
    """The folder in which files are written while they arrive."""

    async def put(self, digest: str, file: Path) -> None:
        """Store the file, which may be moved away. On return it is stored for good."""

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        """The bytes, in pieces of about CHUNK_BYTES. Raises FileMissing."""

    async def delete(self, digest: str) -> None:
        """Delete the bytes; there may be none."""


class FolderStorage:
    """Bytes in a folder, as `ab/cd/abcd…`. Several replicas need one folder that all of them see."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.incoming = folder / "incoming"

    async def put(self, digest: str, file: Path) -> None:
        await asyncio.to_thread(self._put, digest, file)

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(digest).open, "rb")
        except FileNotFoundError:
            raise FileMissing(digest) from None
        return _read(file)

    async def delete(self, digest: str) -> None:
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._path(digest).unlink)

    def _put(self, digest: str, file: Path) -> None:
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        file.replace(path)
        # The name is on disk once its folders are.
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync_folder(folder)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
