"""The bytes of a file as the body of a request: as they are, or as the field of a form."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from intake.linked_tickets.domain.peer import OutgoingFile, PeerRequest

FORM_HEADERS: Final = {"X-Atlassian-Token": "no-check", "X-ExperimentalApi": "opt-in"}
"""Without them Jira takes no form."""


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A file to send; `open` gives its bytes anew each time, in pieces. Raises OSError, FileMissing."""

    file: OutgoingFile
    open: Callable[[], Awaitable[AsyncIterator[bytes]]]


@dataclass(frozen=True, slots=True)
class FileBody:
    """The body of a request, piece by piece, with the headers that describe it."""

    headers: Mapping[str, str]
    content: AsyncIterator[bytes]


async def body_of(request: PeerRequest, sent: FileBytes) -> FileBody:
    """The body of a request that carries this file. Raises OSError, FileMissing."""
    pieces, file = await sent.open(), sent.file
    if request.carries == "bytes":
        headers = {"Content-Type": file.media_type, "Content-Length": str(file.size)}
        return FileBody(headers, pieces)
    boundary = uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    headers = FORM_HEADERS | {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + file.size + len(tail)),
    }
    return FileBody(headers, _joined(head, pieces, tail))


async def _joined(head: bytes, pieces: AsyncIterator[bytes], tail: bytes) -> AsyncIterator[bytes]:
    yield head
    async for piece in pieces:
        yield piece
    yield tail
