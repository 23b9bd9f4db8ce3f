"""An uploaded file that waits to be used in a message, and what may be uploaded. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain import Rejection
from intake.files.domain.file_type import is_program

MAX_FILE_BYTES: Final = 25 * 1024 * 1024
MAX_UNUSED: Final = 100
"""Uploads of one caller that wait to be used."""
MAX_UNUSED_BYTES: Final = 250 * 1024 * 1024
"""What they have together at most."""
MAX_PER_MESSAGE: Final = 20
"""Files that one message carries at most."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file by `uploaded_by` (a `sub`): `size` in bytes, `digest` their SHA-256 in hexadecimal.

    `ready_at`: since when its bytes are in the storage. `ticket_id`: the only ticket on which it may be
    used; None for any, also a new one. `message_id` is the message that carries it.
    """

    id: UUID
    digest: str
    name: str
    media_type: str
    size: int
    uploaded_by: str
    uploaded_at: datetime
    customer_id: UUID | None = None
    ticket_id: UUID | None = None
    ready_at: datetime | None = None
    message_id: UUID | None = None


def check_file(name: str, size: int, beginning: bytes) -> Rejection | None:
    """A rejection for a file that is empty or a program, else None."""
    if size == 0:
        return Rejection("EMPTY_FILE", "The file is empty. Send its bytes as the body.")
    if is_program(name, beginning):
        return Rejection(
            "PROGRAM", f"{name} is a program, and those are not taken. Put it into a zip file."
        )
    return None


def check_unused(count: int, size: int) -> Rejection | None:
    """A rejection for a caller who has as much unused as anybody may have, else None. `size` in bytes."""
    if count < MAX_UNUSED and size < MAX_UNUSED_BYTES:
        return None
    return Rejection(
        "TOO_MANY_UPLOADS",
        f"{count} files of yours wait to be used. Name them in `attachments` of a reply or a ticket, or"
        " wait until they are removed.",
    )
