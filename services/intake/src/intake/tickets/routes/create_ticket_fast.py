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
from common.auth.requirements import RequiresPermission
from common.errors import BadRequest, Problem, UnsupportedMediaType, ValidationFailed
from common.http import idempotency, problem_response
from common.http.body import MAX_JSON_DEPTH, nests_deeper_than
from common.http.idempotency import IdempotencyKey
from common.http.problems import violations
from intake.tickets.routes.create_ticket import build_rows, reference_cache_of, replay_or_create
from intake.tickets.schemas.requests import TicketCreate, resolve_scope
from intake.tickets.store.ticket_batch import HTTP_CREATED
from intake.tickets.ticket_batcher import IdempotencyKeyReused, TicketBatcher

PATH: Final = "/v1/tickets"
_BAD_JSON: Final = f"The body is not valid JSON, or nested deeper than {MAX_JSON_DEPTH} levels."


class CreateTicketEndpoint:
    """The ASGI endpoint."""

    needs = RequiresPermission("tickets:open")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._response(scope, receive)
        except Problem as problem:
            response = problem_response(problem)
        await response(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        app: FastAPI = scope["app"]
        caller = self.needs.check(await app.state.admission.authenticate(scope))
        media, key_header = _headers(scope)
        body = await _read_body(receive)
        if media.partition(b";")[0].strip().lower() != b"application/json":
            raise UnsupportedMediaType("application/json")
        parsed = _parse_body(body)
        key = _idempotency_key(scope, key_header, caller, body)
        ticket_scope = await resolve_scope(reference_cache_of(app), caller, parsed)
        try:
            rows = await batcher_of(app).create(
                partial(build_rows, parsed, caller, ticket_scope, key), key
            )
        except IdempotencyKeyReused as reused:
            return await replay_or_create(
                app.state.database, reused.key, caller, parsed, ticket_scope
            )
        return Response(rows.body, HTTP_CREATED, rows.headers)


ROUTE: Final = Route(PATH, CreateTicketEndpoint(), methods=["POST"], include_in_schema=False)


async def drain_batcher(app: FastAPI) -> None:
    """Runs beside the requests: when the service ends, the last batch is let through first."""
    try:
        await asyncio.Event().wait()
    finally:
        await batcher_of(app).close()


def batcher_of(app: FastAPI) -> TicketBatcher:
    """The app's one queue of new tickets."""
    if not hasattr(app.state, "accepting"):
        app.state.accepting = TicketBatcher(app.state.database)
    batcher: TicketBatcher = app.state.accepting
    return batcher


def _headers(scope: Scope) -> tuple[bytes, bytes | None]:
    """Content-Type and Idempotency-Key."""
    media, key = b"", None
    for name, value in scope["headers"]:
        if name == b"content-type":
            media = value
        elif name == b"idempotency-key":
            key = value
    return media, key


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _parse_body(body: bytes) -> TicketCreate:
    if nests_deeper_than(body, MAX_JSON_DEPTH):
        raise BadRequest(_BAD_JSON)
    try:
        return TicketCreate.model_validate_json(body)
    except ValidationError as error:
        problems = violations(error)
        raise (
            BadRequest(_BAD_JSON)
            if problems[0].code == "json_invalid"
            else ValidationFailed(problems)
        ) from None


def _idempotency_key(
    scope: Scope, header: bytes | None, caller: Caller, body: bytes
) -> IdempotencyKey | None:
    if header is None:
        return None
    target = f"{PATH}?{scope['query_string'].decode('latin-1')}"
    request = idempotency.request_digest("POST", target, body)
    return IdempotencyKey(
        caller.identity, idempotency.validate_key(header.decode("latin-1")), request
    )
