"""Uploading files: each is streamed to the storage, and waits there until a message carries it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from starlette.datastructures import UploadFile

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict, ServiceUnavailable, ValidationFailed, Violation
from common.http import authorized_router, charge, runtime_of
from common.persistence.database import Database
from common.runtime import Runtime
from common.telemetry import logger
from intake.directory import store as directory
from intake.files.commands import UploadRequest, store_upload
from intake.files.configured_storage import storage_of
from intake.files.domain.upload import Upload
from intake.files.incoming import IncomingFile, receive_file
from intake.files.schemas import UploadRead
from intake.files.storage import CHUNK_BYTES
from intake.storage_settings import StorageSettings
from intake.tickets.dependencies import TicketOpener, TicketReference, get_visible_ticket
from intake.tickets.store import tickets

log = logger(__name__)

MULTIPART: Final = "multipart/form-data"
UPLOAD_COST_MS: Final = 250
"""What an upload counts against its caller's limit."""
STORAGE_RETRY_S: Final = 30
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": _BINARY["schema"]}}
}
DOCUMENTED: Final[dict[str, Any]] = {
    "status_code": 201,
    "response_model": UploadRead,
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": _BINARY, MULTIPART: _FORM},
        }
    },
}

# Not transactional: a slow sender must not hold a connection.
routes = authorized_router("/v1", ["attachments"])

FileName = Annotated[
    str | None,
    Query(min_length=1, max_length=500, description="The file's name, where the body is the file."),
]
Writer = Annotated[Caller, requires("tickets:reply")]


@routes.post("/attachments", **DOCUMENTED)
async def upload_attachment(
    request: Request, caller: TicketOpener, name: FileName = None
) -> Response:
    """Upload a file of at most 25 MiB, to be named when a ticket is opened.

    Send it as the body, with its `name` in the address, or as the field `file` of a form.
    """
    return await _upload(request, caller, name, None)


@routes.post("/tickets/{ticket}/attachments", **DOCUMENTED)
async def upload_ticket_attachment(
    ref: TicketReference, request: Request, caller: Writer, name: FileName = None
) -> Response:
    """Upload a file of at most 25 MiB, to be named in a reply on this ticket.

    Send it as the body, with its `name` in the address, or as the field `file` of a form.
    """
    return await _upload(request, caller, name, ref)


async def _upload(request: Request, caller: Caller, name: str | None, ref: str | None) -> Response:
    runtime: Runtime[StorageSettings] = runtime_of(request.app)
    await charge(request, caller, UPLOAD_COST_MS)
    storage = storage_of(runtime.settings)
    wanted = await _resolve(runtime.database, caller, ref)
    try:
        async with _receive(request, name, wanted, storage.incoming) as (complete, file):
            outcome = await store_upload(runtime.database, storage, complete, file)
    except OSError as error:
        log.exception("upload.not_stored", error=type(error).__name__)
        raise ServiceUnavailable(
            STORAGE_RETRY_S, "The file could not be stored, so nothing of it is. Send it again."
        ) from None
    if isinstance(outcome, Rejection):
        raise _problem(outcome)
    return _created(outcome)


async def _resolve(database: Database, caller: Caller, ref: str | None) -> UploadRequest:
    """For which customer and ticket the caller uploads. Raises NotFound."""
    async with database.transaction(all_rows=True) as tx:
        customer = caller.customer and await directory.CUSTOMERS.find(tx, caller.customer)
        ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref) if ref else None
    return UploadRequest(
        caller, "", "", customer.id if customer else None, ticket.id if ticket else None
    )


@asynccontextmanager
async def _receive(
    request: Request, name: str | None, wanted: UploadRequest, folder: Path
) -> AsyncIterator[tuple[UploadRequest, IncomingFile]]:
    """The file of the body or of its form, on disk. Raises ValidationFailed without one."""
    declared = request.headers.get("content-type", "")
    if declared.partition(";")[0].strip().lower() != MULTIPART:
        if name is None:
            raise _missing("/query/name", "give the file's `name` in the address")
        async with receive_file(folder, request.stream()) as file:
            yield _named(wanted, name, declared), file
        return
    async with request.form(max_files=1, max_fields=1) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise _missing("/file", "send the file as the field `file` of the form")
        async with receive_file(folder, _pieces(sent)) as file:
            yield _named(wanted, name or sent.filename or "", sent.content_type or ""), file


def _named(wanted: UploadRequest, name: str, declared: str) -> UploadRequest:
    return replace(wanted, name=name, declared_type=declared)


async def _pieces(sent: UploadFile) -> AsyncIterator[bytes]:
    while piece := await sent.read(CHUNK_BYTES):
        yield piece


def _missing(pointer: str, detail: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, "missing", detail)])


def _problem(rejection: Rejection) -> Exception:
    if rejection.code == "TOO_MANY_UPLOADS":
        return Conflict(rejection.detail, code=rejection.code)
    return ValidationFailed([Violation("", rejection.code.lower(), rejection.detail)])


def _created(upload: Upload) -> Response:
    body = UploadRead.model_validate(upload).model_dump_json()
    return Response(body, 201, media_type="application/json")
