"""The bytes of uploaded files in a bucket of S3 or of what speaks its protocol."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from obstore.exceptions import BaseError
from obstore.store import S3Store
from typing_extensions import Buffer

from intake.files.storage import CHUNK_BYTES, FileMissing

PART_BYTES: Final = 5 * 1024 * 1024
"""What is sent at a time: the smallest part that S3 takes."""


class S3Storage:
    """Bytes as objects `<prefix>/<digest>`. What fails is said as OSError, which may be tried again."""

    def __init__(self, store: S3Store, incoming: Path | None = None) -> None:
        self._store = store
        # Each account has its own: what one has made, another one cannot write into.
        own = f"opsdesk-incoming-{os.getuid()}"
        self.incoming = incoming or Path(tempfile.gettempdir()) / own

    async def put(self, digest: str, file: Path) -> None:
        try:
            await self._store.put_async(digest, file, chunk_size=PART_BYTES, max_concurrency=1)
        except BaseError as error:
            raise OSError(f"the bucket did not take a file: {error}") from error

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        try:
            found = await self._store.get_async(digest)
        except FileNotFoundError:
            raise FileMissing(digest) from None
        except BaseError as error:
            raise OSError(f"the bucket did not give a file: {error}") from error
        return _pieces(found.stream(min_chunk_size=CHUNK_BYTES).__aiter__())

    async def delete(self, digest: str) -> None:
        try:
            with suppress(FileNotFoundError):
                await self._store.delete_async(digest)
        except BaseError as error:
            raise OSError(f"the bucket did not delete a file: {error}") from error


async def _pieces(stream: AsyncIterator[Buffer]) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(memoryview(piece))
