"""Messages that carry uploaded files."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from common.auth import Caller
from common.persistence.database import Connection
from intake.files import store as files
from intake.files.commands import take_uploads
from intake.files.domain.upload import Upload
from intake.tickets.domain.attachment import Attachment
from intake.tickets.domain.message import Message
from intake.tickets.store import messages


async def add_with_uploads(
    tx: Connection, caller: Caller, message: Message, ids: Sequence[UUID]
) -> Message:
    """Store a message with the caller's uploads; return it as stored.

    Raises ValidationFailed for each id that is not an upload of the caller's own, ready and unused.
    """
    taken = await take_uploads(tx, caller, list(ids), message.ticket_id)
    attached = tuple(attachment_of(upload) for upload in taken)
    stored = await messages.add(tx, replace(message, attachments=attached))
    if taken:
        await files.set_used(tx, ids, message.ticket_id, message.id)
    return stored


def attachment_of(upload: Upload) -> Attachment:
    """The upload as what a message carries."""
    return Attachment(upload.name, upload.media_type, upload.size, upload.digest)
