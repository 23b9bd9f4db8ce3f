"""Every query about files that exports name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keyset import page_after
from intake.ticket_imports.domain.imported import ImportedFile, Source
from intake.ticket_imports.tables import imported_files
from intake.tickets.domain.ticket_key import format_key
from intake.tickets.tables import tickets


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that the export of a ticket names. It is missing until `taken_at`."""

    id: UUID
    source: Source
    external_id: str
    ticket_id: UUID
    number: int
    name: str
    url: str
    is_public: bool
    message_id: UUID | None
    taken_by: str | None
    taken_at: datetime | None

    @property
    def ticket(self) -> str:
        """The ticket's key."""
        return format_key(self.number)


async def add(
    tx: Connection,
    source: Source,
    external_id: str,
    ticket_id: UUID,
    files: Iterable[ImportedFile],
) -> None:
    """Store which files an export names for a ticket."""
    rows = [
        {
            "id": uuid7(),
            "source": source,
            "external_id": external_id,
            "ticket_id": ticket_id,
            "name": one.name,
            "url": one.url,
            "is_public": one.is_public,
        }
        for one in files
    ]
    if rows:
        await tx.execute(insert(imported_files), rows)


async def page(
    tx: Connection,
    source: Source | None,
    after: tuple[Any, ...] | None,
    limit: int,
    *,
    missing: bool | None,
) -> Sequence[NamedFile]:
    """The files in the order in which they were named, and one more than `limit`."""
    query = _select()
    if source is not None:
        query = query.where(imported_files.c.source == source)
    if missing is not None:
        is_missing = imported_files.c.message_id.is_(None)
        query = query.where(is_missing if missing else ~is_missing)
    rows = await tx.execute(page_after(query, [imported_files.c.id.asc()], after, limit))
    return [NamedFile(**row._mapping) for row in rows]


async def lock(tx: Connection, id: UUID) -> NamedFile | None:
    """The file, locked until the transaction ends; None without one."""
    query = _select().where(imported_files.c.id == id).with_for_update(of=imported_files)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else NamedFile(**row._mapping)


async def set_taken(tx: Connection, file: NamedFile) -> None:
    """Store on which message a file is, and who brought it."""
    values = {name: getattr(file, name) for name in ("message_id", "taken_by", "taken_at")}
    changed = update(imported_files).where(imported_files.c.id == file.id)
    await tx.execute(changed.values(values))


def _select() -> Select[Any]:
    columns = [column for column in imported_files.c]
    joined = select(*columns, tickets.c.number)
    return joined.join(tickets, tickets.c.id == imported_files.c.ticket_id)
