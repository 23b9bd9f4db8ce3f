"""Store an uploaded file, use uploads in a message, and remove what nobody refers to any more.

A row refers to the bytes before they are stored, and until they are deleted: so neither can a file be
deleted that somebody needs, nor do bytes lie anywhere that no row knows.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from common.auth import Caller
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from intake.files import store
from intake.files.domain.file_name import make_safe
from intake.files.domain.file_type import media_type_of
from intake.files.domain.upload import Upload, check_file, check_unused
from intake.files.incoming import IncomingFile
from intake.files.storage import FileStorage

BATCH_SIZE: Final = 100
"""Uploads or files that one transaction removes."""


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """Whose file it is, what they call it, and for which ticket; `customer_id` is a contact's."""

    caller: Caller
    name: str
    declared_type: str
    customer_id: UUID | None = None
    ticket_id: UUID | None = None


async def store_upload(
    database: Database, storage: FileStorage, request: UploadRequest, file: IncomingFile
) -> Upload | Rejection:
    """Store a file that has arrived; return its upload, which may be one from before.

    Raises OSError where the storage does not take it; then nothing may be used.
    """
    name = make_safe(request.name)
    if rejection := check_file(name, file.size, file.beginning):
        return rejection
    async with database.transaction(all_rows=True) as tx:
        upload = _build(request, name, file, await transaction_time(tx))
        if same := await store.find_same(tx, upload):
            return same
        if rejection := check_unused(*await store.measure_unused(tx, request.caller.sub)):
            return rejection
        await store.add(tx, upload)
    await storage.put(file.digest, file.path)
    async with database.transaction(all_rows=True) as tx:
        ready = replace(upload, ready_at=await transaction_time(tx))
        await store.set_ready(tx, upload.id, ready.ready_at or upload.uploaded_at)
    return ready


def _build(request: UploadRequest, name: str, file: IncomingFile, at: datetime) -> Upload:
    return Upload(
        id=uuid7(),
        digest=file.digest,
        name=name,
        media_type=media_type_of(file.beginning, request.declared_type),
        size=file.size,
        uploaded_by=request.caller.sub,
        uploaded_at=at,
        customer_id=request.customer_id,
        ticket_id=request.ticket_id,
    )


async def take_uploads(
    tx: Connection, caller: Caller, ids: list[UUID], ticket_id: UUID
) -> list[Upload]:
    """The uploads that a message on the ticket shall carry, locked, in the order of the ids.

    Raises ValidationFailed for each that is not the caller's own, ready and unused.
    """
    if not ids:
        return []
    usable = await store.lock_usable(tx, ids, caller.sub, ticket_id)
    violations = [
        Violation(f"/attachments/{index}", *_NOT_USABLE)
        for index, id in enumerate(ids)
        if id not in usable or id in ids[:index]
    ]
    if violations:
        raise ValidationFailed(violations)
    return [usable[id] for id in ids]


_NOT_USABLE: Final = (
    "unknown_reference",
    "no file of yours with this id waits to be used here: upload it again, and name it once",
)


async def remove_unused(database: Database, hours: int) -> int:
    """Remove a batch of uploads that no message carries after so many hours. How many."""
    async with database.transaction() as tx:
        before = await transaction_time(tx) - timedelta(hours=hours)
        return await store.delete_unused(tx, before, BATCH_SIZE)


async def remove_unreferred(database: Database, storage: FileStorage) -> int:
    """Delete a batch of files to which no upload refers. How many.

    Raises OSError where the storage does not; their rows stay, and it is tried again.
    """
    async with database.transaction() as tx:
        digests = await store.lock_unreferred(tx, BATCH_SIZE)
        for digest in digests:
            await storage.delete(digest)
            await store.delete_file(tx, digest)
    return len(digests)
