"""ETags of aggregates: their `sequence`. Whoever sends `If-Match` decides on what they have seen."""

from typing import Any

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import Response

from common.errors import PreconditionFailed


def etag(sequence: int) -> str:
    return f'"{sequence}"'


def set_etag(response: Response, sequence: int) -> None:
    """Say which state of the aggregate the answer shows."""
    response.headers["ETag"] = etag(sequence)


def if_match(request: Request, sequence: int, present: Any) -> None:
    """Raises PreconditionFailed with `present` (any answer model) unless the caller's `If-Match`
    names the present sequence. Without that header nothing is checked."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return
    if etag(sequence) not in (tag.strip() for tag in given.split(",")):
        raise PreconditionFailed(jsonable_encoder(present))
