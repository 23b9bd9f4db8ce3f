"""Files on their way through: piece by piece, and never shown as pages of ours."""

from collections.abc import AsyncIterator
from typing import Final

import httpx
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

PIECE_BYTES: Final = 64 * 1024
MAX_NAME_CHARS: Final = 500
SAVED: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
HANDED_ON: Final = ("content-disposition", "content-length")
SANDBOX: Final = "default-src 'none'; sandbox"


async def pieces_of(file: UploadFile) -> AsyncIterator[bytes]:
    """Yield a file that came with a form, from the disk or from memory."""
    while piece := await file.read(PIECE_BYTES):
        yield piece


def handed_on(answer: httpx.Response) -> Response:
    """Return the response that hands a file on: to be saved, but for pictures that intake calls so."""
    media = answer.headers.get("content-type", "").partition(";")[0].strip()
    shown = media if media in PICTURES else SAVED
    headers = {name: answer.headers[name] for name in HANDED_ON if name in answer.headers}
    if shown == SAVED and not headers.get("content-disposition", "").startswith("attachment"):
        headers["content-disposition"] = "attachment"
    return StreamingResponse(
        answer.aiter_bytes(),
        media_type=shown,
        headers={**headers, "Content-Security-Policy": SANDBOX},
        background=BackgroundTask(answer.aclose),
    )
