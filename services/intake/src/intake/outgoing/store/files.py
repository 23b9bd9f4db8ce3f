"""The uploaded files of an answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from common.persistence.database import Connection
from intake.files.tables import uploads
from intake.outgoing.domain.mailed_files import FileToMail
from intake.tickets.tables import attachments


async def list_of_message(tx: Connection, message_id: UUID) -> Sequence[FileToMail]:
    """The files that the message carries and that are still there, in their order."""
    columns = (attachments.c[name] for name in ("name", "media_type", "size", "digest"))
    is_there = exists().where(
        uploads.c.message_id == attachments.c.message_id, uploads.c.digest == attachments.c.digest
    )
    query = select(*columns).where(attachments.c.message_id == message_id, is_there)
    return [FileToMail(*row) for row in await tx.execute(query.order_by(attachments.c.position))]
