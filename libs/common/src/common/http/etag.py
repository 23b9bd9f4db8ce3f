"""ETags of aggregates: their `sequence`. With `If-Match` a caller acts on the state they have read."""

from typing import Any

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import Response

from common.errors import PreconditionFailed


def etag(sequence: int) -> str:
    return f'"{sequence}"'


def set_etag(response: Response, sequence: int) -> None:
    """Set the ETag of the state that the response shows."""
    response.headers["ETag"] = etag(sequence)


def if_match(request: Request, sequence: int, present: Any) -> None:
    """Raise PreconditionFailed unless `If-Match` names `sequence`; without the header do nothing.

    `present` is the present state as a response model, for the problem.
    """
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return
    if etag(sequence) not in (tag.strip() for tag in given.split(",")):
        raise PreconditionFailed(jsonable_encoder(present))
