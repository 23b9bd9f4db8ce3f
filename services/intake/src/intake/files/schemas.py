"""Uploads as their callers read them, and how requests name them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import ResponseModel
from intake.files.domain.upload import MAX_PER_MESSAGE

UploadIds = Annotated[
    list[UUID],
    Field(
        max_length=MAX_PER_MESSAGE,
        description="The ids of files that the caller has uploaded and not used yet.",
    ),
]


class UploadRead(ResponseModel):
    """A file that waits to be used; `size` in bytes, `digest` their SHA-256 in hexadecimal.

    Name its id in `attachments` of a reply or of a new ticket. Unused, it is removed after
    `OPSDESK_UNUSED_UPLOAD_HOURS`.
    """

    id: UUID
    name: str
    media_type: str
    size: int
    digest: str
    uploaded_at: datetime
    ticket_id: UUID | None
