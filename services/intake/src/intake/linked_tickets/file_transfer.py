"""The bytes of files: ours on their way out, and theirs into our storage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from common.domain import Rejection
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from intake.files import store as files
from intake.files.domain.file_name import make_safe
from intake.files.domain.file_type import media_type_of
from intake.files.domain.upload import Upload, check_file
from intake.files.incoming import IncomingFile, receive_file
from intake.files.storage import FileMissing, FileStorage
from intake.linked_tickets.domain.link import LinkedSystem, LinkedTicket
from intake.linked_tickets.domain.peer import OutgoingFile, RemoteFile
from intake.linked_tickets.store import sends
from intake.mail.mail_reader import read_attachment


class StorageAway(Exception):
    """Our own storage does not take or give bytes now: it is tried again, and their side is not held for it."""


class FileGone(Exception):
    """The file was deleted meanwhile: there is nothing to send."""


@dataclass(frozen=True, slots=True)
class OurFile:
    """A file of ours, and the raw mail that carries it; None for one that lies in the storage."""

    file: OutgoingFile
    digest: str
    raw: bytes | None = None


async def open_ours(storage: FileStorage, ours: OurFile) -> AsyncIterator[bytes]:
    """The bytes of the file, in pieces. Raises StorageAway, FileGone."""
    if ours.raw is not None:
        data = await read_attachment(ours.raw, ours.digest)
        if data is None:
            raise FileGone
        return _whole(data)
    try:
        return _from_storage(await storage.open(ours.digest))
    except FileMissing:
        raise FileGone from None
    except OSError as error:
        raise StorageAway(f"our storage does not answer: {type(error).__name__}") from error


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _from_storage(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for piece in pieces:
            yield piece
    except OSError as error:
        raise StorageAway(f"our storage does not answer: {type(error).__name__}") from error


@asynccontextmanager
async def receive(
    storage: FileStorage, chunks: AsyncIterator[bytes]
) -> AsyncIterator[IncomingFile]:
    """A file of theirs while it is looked at. Raises StorageAway, and whatever the chunks raise."""
    trouble: list[Exception] = []
    try:
        async with receive_file(storage.incoming, _watched(chunks, trouble)) as file:
            yield file
    except OSError as error:
        if error in trouble:
            raise
        raise StorageAway(f"our storage takes nothing: {type(error).__name__}") from error


async def _watched(chunks: AsyncIterator[bytes], trouble: list[Exception]) -> AsyncIterator[bytes]:
    """The same chunks; what they raise is told from what the storage raises."""
    try:
        async for chunk in chunks:
            yield chunk
    except OSError as error:
        trouble.append(error)
        raise


async def store_theirs(
    database: Database,
    storage: FileStorage,
    system: LinkedSystem,
    link: LinkedTicket,
    remote: RemoteFile,
    file: IncomingFile,
) -> Upload | Rejection | None:
    """Store a file of theirs, which no message carries yet; None for one of ours that comes back.

    Raises OSError where the storage does not take it.
    """
    name = make_safe(remote.name)
    if rejection := check_file(name, file.size, file.beginning):
        return rejection
    async with database.transaction() as tx:
        if await sends.has_sent_bytes(tx, link.id, file.digest):
            return None
        upload = Upload(
            id=uuid7(),
            digest=file.digest,
            name=name,
            media_type=media_type_of(file.beginning, remote.media_type),
            size=file.size,
            uploaded_by=system.author,
            uploaded_at=await transaction_time(tx),
            ticket_id=link.ticket_id,
        )
        await files.add(tx, upload)
    await storage.put(file.digest, file.path)
    return upload
