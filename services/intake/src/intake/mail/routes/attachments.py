"""The files of messages: those of mails lie in the raw mails (I3), uploaded ones in the storage."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from common import audit
from common.errors import NotFound, ServiceUnavailable
from common.http import authorized_router, runtime_of
from common.persistence.database import Connection, transaction_time
from intake.files import store as files
from intake.files.configured_storage import storage_of
from intake.files.domain.file_type import SAFE_IMAGES, SNIFFED_BYTES, sniff
from intake.files.storage import FileMissing
from intake.mail import store as mails
from intake.mail.mail_reader import read_attachment
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.domain.attachment import Attachment
from intake.tickets.store import messages, tickets

MEDIA_TYPE: Final = "application/octet-stream"
STORAGE_RETRY_S: Final = 30
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
CONTENT: Final[dict[str, Any]] = {one: _FILE for one in (MEDIA_TYPE, *sorted(SAFE_IMAGES))}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment, and the raw mail that carries it; None for one that lies in the storage."""

    attachment: Attachment
    raw: bytes | None


# Not transactional: reading a large file must not hold a connection.
routes = authorized_router("/v1/tickets", ["attachments"])


@routes.get(
    "/{ticket}/messages/{message}/attachments/{number}",
    response_class=Response,
    responses={200: {"content": CONTENT}},
)
async def download_attachment(
    ref: TicketReference,
    message: UUID,
    number: Annotated[int, Path(ge=0, le=2_000)],
    request: Request,
    caller: TicketReader,
    inline: Annotated[
        bool, Query(description="Show it, if it is a PNG, JPEG, GIF or WebP picture.")
    ] = False,
) -> Response:
    """Download a file of a message, while it is kept. Who did is recorded.

    It is sent as bytes to be saved, whatever it says it is; with `inline` a picture is sent as one, if its
    own bytes say so. Contacts get those of messages that they see.
    """
    runtime = runtime_of(request.app)
    async with runtime.database.transaction(all_rows=True) as tx:
        ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
        file = await _find(tx, ticket.id, message, number, internal=caller.customer is None)
        at = await transaction_time(tx)
        grounds = {"message_id": str(message), "number": number}
        subject = f"ticket/{ticket.id}"
        entry = audit.Entry.by(caller.actor, at, "ticket.download_attachment", subject, grounds)
        await audit.record(tx, entry)
    name, digest = file.attachment.name, file.attachment.digest
    if file.raw is None:
        return await _stream(runtime.settings, name, digest, inline=inline)
    data = await read_attachment(file.raw, digest)
    if data is None:
        raise NotFound("This attachment")
    media_type, headers = _headers(name, data[:SNIFFED_BYTES], inline=inline)
    return Response(data, media_type=media_type, headers=headers)


async def _find(
    tx: Connection, ticket_id: UUID, message: UUID, number: int, *, internal: bool
) -> StoredFile:
    """The attachment with the place where its bytes are. Raises NotFound."""
    found = await messages.find_attachment(tx, ticket_id, message, number, internal=internal)
    if found is None:
        raise NotFound("This attachment")
    mail_id, attachment = found
    if mail_id is None:
        if not await files.is_stored(tx, message, attachment.digest):
            raise NotFound("This attachment")
        return StoredFile(attachment, None)
    stored = await mails.find(tx, mail_id)
    if stored is None or stored.raw_deleted_at is not None:
        raise NotFound("This attachment")
    return StoredFile(attachment, stored.raw)


async def _stream(settings: Any, name: str, digest: str, *, inline: bool) -> Response:
    """The file from the storage, piece by piece."""
    try:
        pieces = await storage_of(settings).open(digest)
        first = await anext(pieces, b"")
    except FileMissing:
        raise NotFound("This attachment") from None
    except OSError:
        detail = "The storage of attachments does not answer. Try again in a minute."
        raise ServiceUnavailable(STORAGE_RETRY_S, detail) from None
    media_type, headers = _headers(name, first[:SNIFFED_BYTES], inline=inline)
    return StreamingResponse(_with_first(first, pieces), media_type=media_type, headers=headers)


async def _with_first(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def _headers(name: str, beginning: bytes, *, inline: bool) -> tuple[str, dict[str, str]]:
    """The media type and the headers: bytes to be saved, or a picture whose own bytes say so."""
    found = sniff(beginning) if inline else None
    media_type, how = (found, "inline") if found in SAFE_IMAGES else (MEDIA_TYPE, "attachment")
    disposition = f"{how}; filename*=utf-8''{quote(name, safe='')}"
    return media_type or MEDIA_TYPE, HEADERS | {"Content-Disposition": disposition}
