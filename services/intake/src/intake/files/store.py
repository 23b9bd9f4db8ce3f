"""Every query about uploads and stored files."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.files.domain.upload import Upload
from intake.files.tables import stored_files, uploads

_IS_UNUSED: Final = uploads.c.message_id.is_(None)
_IS_REFERRED_TO: Final = exists().where(uploads.c.digest == stored_files.c.digest)


async def add(tx: Connection, upload: Upload) -> None:
    """Store an upload whose bytes are still to be stored; from now on nobody deletes them.

    Waits while the same bytes are just being deleted.
    """
    file = {
        "digest": upload.digest,
        "size": upload.size,
        "first_uploaded_at": upload.uploaded_at,
    }
    same = {"size": upload.size}
    # Updated, so that the row is locked: deleting the bytes waits for the upload that needs them.
    statement = insert(stored_files).values(file)
    await tx.execute(statement.on_conflict_do_update(index_elements=["digest"], set_=same))
    await tx.execute(insert(uploads).values(asdict(upload)))


async def find_same(tx: Connection, upload: Upload) -> Upload | None:
    """The ready, unused upload of the same bytes and name by the same caller for the same ticket."""
    query = select(uploads).where(
        _IS_UNUSED,
        uploads.c.ready_at.is_not(None),
        uploads.c.uploaded_by == upload.uploaded_by,
        uploads.c.digest == upload.digest,
        uploads.c.name == upload.name,
        uploads.c.ticket_id.is_not_distinct_from(upload.ticket_id),
    )
    row = (await tx.execute(query.order_by(uploads.c.id).limit(1))).one_or_none()
    return None if row is None else Upload(**row._mapping)


async def measure_unused(tx: Connection, caller: str) -> tuple[int, int]:
    """How many uploads of this caller wait to be used, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(uploads.c.size), 0))
    row = (await tx.execute(query.where(_IS_UNUSED, uploads.c.uploaded_by == caller))).one()
    return int(row[0]), int(row[1])


async def set_ready(tx: Connection, id: UUID, at: datetime) -> None:
    """Store that the bytes of the upload are in the storage."""
    await tx.execute(update(uploads).where(uploads.c.id == id).values(ready_at=at))


async def lock_usable(
    tx: Connection, ids: Collection[UUID], caller: str, ticket_id: UUID
) -> dict[UUID, Upload]:
    """Those of the ids that this caller may use on the ticket, locked, by id."""
    query = select(uploads).where(
        uploads.c.id.in_(ids),
        _IS_UNUSED,
        uploads.c.ready_at.is_not(None),
        uploads.c.uploaded_by == caller,
        uploads.c.ticket_id.is_(None) | (uploads.c.ticket_id == ticket_id),
    )
    rows = await tx.execute(query.order_by(uploads.c.id).with_for_update())
    return {row.id: Upload(**row._mapping) for row in rows}


async def set_used(tx: Connection, ids: Collection[UUID], ticket: UUID, message: UUID) -> None:
    """Store which message carries these uploads."""
    changed = update(uploads).where(uploads.c.id.in_(ids))
    await tx.execute(changed.values(ticket_id=ticket, message_id=message))


async def copy(tx: Connection, message: UUID, to_ticket: UUID, to_message: UUID) -> None:
    """Let a copy of a message on another ticket carry the same files; their bytes are there once."""
    query = select(uploads).where(uploads.c.message_id == message)
    rows = [
        {**row._mapping, "id": uuid7(), "ticket_id": to_ticket, "message_id": to_message}
        for row in await tx.execute(query)
    ]
    if rows:
        await tx.execute(insert(uploads), rows)


async def is_stored(tx: Connection, message_id: UUID, digest: str) -> bool:
    """Whether the message carries an uploaded file with this digest that has not been deleted."""
    is_carried = exists().where(uploads.c.message_id == message_id, uploads.c.digest == digest)
    return bool(await tx.scalar(select(is_carried)))


async def erase(tx: Connection, messages: Collection[UUID], contact: UUID) -> None:
    """Delete the uploads of these messages and the unused ones of a contact; their bytes follow."""
    of_contact = _IS_UNUSED & (uploads.c.uploaded_by == f"contact/{contact}")
    # As one array: a statement has at most 32,767 parameters.
    of_messages = uploads.c.message_id == any_(bindparam("of", list(messages), ARRAY(Uuid)))
    await tx.execute(delete(uploads).where(of_messages | of_contact))


async def delete_unused(tx: Connection, before: datetime, limit: int) -> int:
    """Delete at most `limit` uploads from before that instant that nobody used. How many."""
    query = select(uploads.c.id).where(_IS_UNUSED, uploads.c.uploaded_at <= before).limit(limit)
    ids = query.with_for_update(skip_locked=True).scalar_subquery()
    return (await tx.execute(delete(uploads).where(uploads.c.id.in_(ids)))).rowcount


async def lock_unreferred(tx: Connection, limit: int) -> Sequence[str]:
    """The digests of at most `limit` files to which no upload refers, locked."""
    query = select(stored_files.c.digest).where(~_IS_REFERRED_TO).limit(limit)
    digests = list(await tx.scalars(query.with_for_update(skip_locked=True)))
    # Asked again under the lock: an upload may have come between.
    still = select(stored_files.c.digest).where(stored_files.c.digest.in_(digests))
    return list(await tx.scalars(still.where(~_IS_REFERRED_TO)))


async def delete_file(tx: Connection, digest: str) -> None:
    """Delete the row of a file whose bytes are deleted."""
    await tx.execute(delete(stored_files).where(stored_files.c.digest == digest))
