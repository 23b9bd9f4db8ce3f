"""A response that is written while it is sent, so that its length costs no memory."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi.responses import StreamingResponse

JSON_LINES: Final = "application/x-ndjson"
"""A JSON object on each line."""
_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def stream_file(pieces: AsyncIterator[str], media_type: str, name: str) -> StreamingResponse:
    """Send the pieces as a file of that name to be saved.

    What fails in the middle ends the connection: say at the end of the file that it is the end.
    """
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=_HEADERS | disposition)
