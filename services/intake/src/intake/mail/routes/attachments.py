"""The files of messages. They lie in the raw mails, and are read from there when somebody asks (I3)."""

from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Request, Response

from common import audit
from common.errors import NotFound
from common.http import authorized_router, runtime_of
from common.persistence.database import Connection, transaction_time
from intake.mail import store as mails
from intake.mail.mail_reader import read_attachment
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.domain.message import Attachment
from intake.tickets.store import messages, tickets

MEDIA_TYPE: Final = "application/octet-stream"
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}

# Not transactional: reading a large mail must not hold a connection.
routes = authorized_router("/v1/tickets", ["ticket messages"])


@routes.get(
    "/{ticket}/messages/{message}/attachments/{number}",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def download_attachment(
    ref: TicketReference,
    message: UUID,
    number: Annotated[int, Path(ge=0, le=2_000)],
    request: Request,
    caller: TicketReader,
) -> Response:
    """Download a file of a message, while its e-mail is kept. Who did is recorded.

    It is sent as bytes to be saved, whatever it says it is. Contacts get those of messages that they see.
    """
    async with runtime_of(request.app).database.transaction(all_rows=True) as tx:
        ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
        file, raw = await _find(tx, ticket.id, message, number, internal=caller.customer is None)
        at = await transaction_time(tx)
        grounds = {"message_id": str(message), "number": number}
        subject = f"ticket/{ticket.id}"
        entry = audit.Entry.by(caller.actor, at, "ticket.download_attachment", subject, grounds)
        await audit.record(tx, entry)
    data = await read_attachment(raw, file.digest)
    if data is None:
        raise NotFound("This attachment")
    return Response(data, media_type=MEDIA_TYPE, headers=HEADERS | _disposition(file.name))


async def _find(
    tx: Connection, ticket_id: UUID, message: UUID, number: int, *, internal: bool
) -> tuple[Attachment, bytes]:
    """The attachment and the raw mail that carries it. Raises NotFound."""
    found = await messages.find_attachment(tx, ticket_id, message, number, internal=internal)
    stored = await mails.find(tx, found[0]) if found else None
    if found is None or stored is None or stored.raw_deleted_at is not None:
        raise NotFound("This attachment")
    return found[1], stored.raw


def _disposition(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}
