"""`/v1/imports/files`: the files that exports name, brought after the tickets, one by one."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from common import audit
from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.reads.recorder import Reads
from intake.ticket_imports import file_store
from intake.ticket_imports.domain.imported import SOURCES, Source
from intake.ticket_imports.domain.takeover import account_of
from intake.ticket_imports.schemas import ImportedFileRead, ImportedFileTake
from intake.tickets.attached_files import add_with_uploads
from intake.tickets.domain.message import Message

routes = router("/v1/imports/files", ["imports"])

Importer = Annotated[Caller, requires("tickets:import")]


@routes.get("")
async def list_imported_files(
    caller: Importer,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    source: Source | None = None,
    missing: bool | None = None,
) -> Page[ImportedFileRead]:
    """List the files that exports name, in the order of the exports; `missing`: not brought yet."""
    after = page.after_as(UUID)
    rows = await file_store.page(tx, source, after, page.limit, missing=missing)
    await reads.note(caller, *(f"ticket/{one.ticket_id}" for one in rows[: page.limit]))
    return page.page_of(rows, ImportedFileRead.model_validate, lambda one: (one.id,))


@routes.post("/{file}/take")
async def take_imported_file(
    file: UUID, body: ImportedFileTake, caller: Importer, tx: Transaction
) -> ImportedFileRead:
    """Put an uploaded file on the imported ticket whose export names it.

    Upload it for that ticket before. The customer sees it if they saw it there; nobody gets a mail.
    """
    named = await file_store.lock(tx, file)
    if named is None:
        raise NotFound("This file")
    if named.message_id is not None:
        raise Conflict(f"{named.taken_by} brought this file already.", code="ALREADY_TAKEN")
    at = await transaction_time(tx)
    message = Message(
        id=uuid7(),
        ticket_id=named.ticket_id,
        visibility="public" if named.is_public else "internal",
        direction="outbound",
        author=account_of(named.source),
        text=f"From {SOURCES[named.source]}: {named.name}",
        at=at,
        automatic=True,
    )
    await add_with_uploads(tx, caller, message, [body.upload])
    taken = replace(named, message_id=message.id, taken_by=caller.sub, taken_at=at)
    await file_store.set_taken(tx, taken)
    grounds = {"source": named.source, "external_id": named.external_id, "file": str(file)}
    subject = f"ticket/{named.ticket_id}"
    await audit.record(tx, audit.Entry.by(caller.actor, at, "ticket.import_file", subject, grounds))
    return ImportedFileRead.model_validate(taken)
