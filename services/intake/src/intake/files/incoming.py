"""A file while it arrives: written to disk piece by piece, with its digest, never whole in memory."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from intake.files.domain.file_type import SNIFFED_BYTES
from intake.files.storage import CHUNK_BYTES

ABANDONED_AFTER_S: Final = 24 * 3600
"""Seconds after which nobody sends any more: requests end long before."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that has arrived and lies at `path`; `beginning` are its first bytes."""

    path: Path
    size: int
    digest: str
    beginning: bytes


@asynccontextmanager
async def receive_file(folder: Path, chunks: AsyncIterator[bytes]) -> AsyncIterator[IncomingFile]:
    """Write the chunks to a file in the folder, which is gone afterwards unless it was moved.

    Raises OSError where the disk is full or not there, and whatever the chunks raise.
    """
    path = folder / uuid4().hex
    file = await asyncio.to_thread(_create, path)
    try:
        with file:
            received = await _write(file, chunks)
        yield IncomingFile(path, *received)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _write(file: IO[bytes], chunks: AsyncIterator[bytes]) -> tuple[int, str, bytes]:
    digest, size, beginning = hashlib.sha256(), 0, b""
    async for block in _blocks(chunks):
        size += len(block)
        beginning = beginning or block[:SNIFFED_BYTES]
        await asyncio.to_thread(_append, file, digest.update, block)
    await asyncio.to_thread(_sync, file)
    return size, digest.hexdigest(), beginning


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of at least CHUNK_BYTES, but for the last one."""
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) >= CHUNK_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _create(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")


def _append(file: IO[bytes], add_to_digest: Callable[[bytes], None], block: bytes) -> None:
    file.write(block)
    add_to_digest(block)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def remove_abandoned(folder: Path, now: float) -> None:
    """Remove files that a process which was ended had begun to receive. `now` in seconds since 1970."""
    if folder.is_dir():
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # another replica has just removed it
                if path.stat().st_mtime < now - ABANDONED_AFTER_S:
                    path.unlink()
