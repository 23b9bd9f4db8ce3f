"""`POST /v1/tickets` without FastAPI's machinery, on its way into a batch.

FastAPI costs 215 microseconds a request, a route like this 75; validation and JSON are 25 of
either. It is declared in `opening`, and the shared tests of all routes run on it.
"""

import asyncio
from functools import partial
from typing import Final

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from common.auth import Caller
from common.auth.requirements import Needs
from common.errors import Invalid, Malformed, Problem, UnsupportedMedia
from common.http import answer, idempotency
from common.http.body import DEEPEST, deeper_than
from common.http.idempotency import Key
from common.http.problems import violations
from intake.tickets.routes.create_ticket import open_again, opening, places_of
from intake.tickets.schemas.requests import Wish, place_of
from intake.tickets.store.ticket_batch import CREATED
from intake.tickets.ticket_batcher import Accepting, KeyTaken

PATH: Final = "/v1/tickets"
_BAD_JSON: Final = f"The body is no valid JSON, or nested deeper than {DEEPEST} levels."


class Accept:
    """The ASGI endpoint."""

    needs = Needs("tickets:open")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._response(scope, receive)
        except Problem as problem:
            response = answer(problem)
        await response(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        app: FastAPI = scope["app"]
        caller = self.needs.checked(await app.state.admission.admit(scope))
        media, key_said = _headers(scope)
        body = await _body(receive)
        if media.partition(b";")[0].strip().lower() != b"application/json":
            raise UnsupportedMedia("application/json")
        asked = _wish(body)
        key = _key(scope, key_said, caller, body)
        place = await place_of(places_of(app), caller, asked)
        try:
            done = await accepting_of(app).open(partial(opening, asked, caller, place, key), key)
        except KeyTaken as taken:
            return await open_again(app.state.database, taken.key, caller, asked, place)
        return Response(done.body, CREATED, done.headers)


ROUTE: Final = Route(PATH, Accept(), methods=["POST"], include_in_schema=False)


async def end_accepting(app: FastAPI) -> None:
    """Runs beside the requests: when the service ends, the last batch is let through first."""
    try:
        await asyncio.Event().wait()
    finally:
        await accepting_of(app).close()


def accepting_of(app: FastAPI) -> Accepting:
    """The app's one queue of new tickets."""
    if not hasattr(app.state, "accepting"):
        app.state.accepting = Accepting(app.state.database)
    accepting: Accepting = app.state.accepting
    return accepting


def _headers(scope: Scope) -> tuple[bytes, bytes | None]:
    """Content-Type and Idempotency-Key."""
    media, key = b"", None
    for name, value in scope["headers"]:
        if name == b"content-type":
            media = value
        elif name == b"idempotency-key":
            key = value
    return media, key


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _wish(body: bytes) -> Wish:
    if deeper_than(body, DEEPEST):
        raise Malformed(_BAD_JSON)
    try:
        return Wish.model_validate_json(body)
    except ValidationError as error:
        found = violations(error)
        raise (
            Malformed(_BAD_JSON) if found[0].code == "json_invalid" else Invalid(found)
        ) from None


def _key(scope: Scope, said: bytes | None, caller: Caller, body: bytes) -> Key | None:
    if said is None:
        return None
    target = f"{PATH}?{scope['query_string'].decode('latin-1')}"
    request = idempotency.digest("POST", target, body)
    return Key(caller.identity, idempotency.checked(said.decode("latin-1")), request)
