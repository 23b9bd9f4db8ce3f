"""`POST /v1/tickets` as a plain ASGI endpoint that hands each ticket to the batcher.

FastAPI takes 215 microseconds for a request, an endpoint like this 75; validation and JSON are 25
of each. The route is documented in `create_ticket`, and the tests of all routes run on this one.
"""

import asyncio
from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from common.auth import Caller
from common.auth.requirements import RequiresPermission
from common.domain import Rejection
from common.errors import BadRequest, Problem, UnsupportedMediaType, ValidationFailed
from common.http import idempotency, problem_response, state_of
from common.http.body import MAX_JSON_DEPTH, nests_deeper_than
from common.http.idempotency import IdempotencyKey
from common.http.problems import violations
from common.http.query_parameters import check_query_parameters
from common.persistence.database import Database
from common.runtime import Runtime
from intake.tickets.matrix_cache import MatrixCache
from intake.tickets.opening_check import OpeningRefused
from intake.tickets.pending_ticket import IdempotencyKeyReused
from intake.tickets.routes.create_ticket import (
    opened_at_problem,
    replay_or_create,
    resolve_checked_scope,
)
from intake.tickets.schemas.requests import TicketCreate
from intake.tickets.store.ticket_batch import HTTP_CREATED
from intake.tickets.ticket_batcher import TicketBatcher

PATH: Final = "/v1/tickets"
_BAD_JSON: Final = f"Send valid JSON, nested at most {MAX_JSON_DEPTH} levels deep."


class CreateTicketEndpoint:
    """The ASGI endpoint that opens tickets."""

    needs = RequiresPermission("tickets:open")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._response(scope, receive)
        except Problem as problem:
            response = problem_response(problem)
        await response(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        state = state_of(scope["app"])
        runtime = state.runtime
        caller = self.needs.check(await state.request_authenticator.authenticate(scope))
        check_query_parameters(scope)
        media, key_header = _headers(scope)
        body = await _read_body(receive)
        if media.partition(b";")[0].strip().lower() != b"application/json":
            raise UnsupportedMediaType("application/json")
        parsed = _parse_body(body)
        key = _idempotency_key(scope, key_header, caller, body)
        try:
            ticket_scope = await resolve_checked_scope(state, caller, parsed)
        except (ValidationFailed, OpeningRefused):
            if stored_response := await _replay(runtime.database, key):
                return stored_response
            raise
        matrix = await runtime.resource(MatrixCache).get()
        request = parsed.to_request(caller, ticket_scope, matrix)
        if parsed.has_additions:
            return await replay_or_create(runtime.database, key, caller, parsed, request)
        try:
            stored = await runtime.resource(TicketBatcher).create(request, caller.actor, key)
        except IdempotencyKeyReused as reused:
            return await replay_or_create(runtime.database, reused.key, caller, parsed, request)
        if isinstance(stored, Rejection):
            raise opened_at_problem(stored)
        return Response(stored.body, HTTP_CREATED, stored.headers)


async def _replay(database: Database, key: IdempotencyKey | None) -> Response | None:
    """The response to the same request while its service could not be verified; None without one."""
    if key is None:
        return None
    async with database.transaction() as tx:
        return await idempotency.find_response(tx, key)


ROUTE: Final = Route(PATH, CreateTicketEndpoint(), methods=["POST"], include_in_schema=False)


async def drain_batcher(runtime: Runtime[Any]) -> None:
    """Wait until the service stops, then for the last batch to be stored."""
    try:
        await asyncio.Event().wait()
    finally:
        await runtime.resource(TicketBatcher).close()


def _headers(scope: Scope) -> tuple[bytes, bytes | None]:
    """The Content-Type, and the Idempotency-Key if there is one."""
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
    digest = idempotency.request_digest("POST", target, body)
    return IdempotencyKey(
        caller.identity, idempotency.validate_key(header.decode("latin-1")), digest
    )
