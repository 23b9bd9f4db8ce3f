"""The route class: one transaction per request, committed before the answer leaves."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response, StreamingResponse

from common.auth.caller import Caller
from common.auth.requirements import RequiresPermission, requirements_of
from common.errors import UnsupportedMediaType
from common.http import idempotency
from common.http.body import StrictRequest
from common.http.openapi import ERROR_RESPONSES
from common.http.problems import ProblemResponse
from common.http.state import state_of
from common.persistence.database import Connection

PUBLIC_PATHS = frozenset(
    {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/docs/style.css",
        # The page without any figures in it: those come from the stream, which asks who you are.
        "/status",
        "/status/status.css",
        "/status/status.js",
        "/status/status.svg",
    }
)
"""The only paths that anybody may ask for without a token."""

RequestHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class TransactionalRoute(APIRoute):
    """Admits the caller, reads the body, opens the transaction, runs the function, keeps the answer
    under its Idempotency-Key, commits; only then does the answer leave.

    A raised Problem rolls back. Nothing may use the transaction after the function has returned.
    """

    def get_route_handler(self) -> RequestHandler:
        handle = super().get_route_handler()
        requirements = tuple(requirements_of(self.dependant))
        reads_json = _expects_json(self)

        async def in_one_transaction(asked: Request) -> Response:
            request = StrictRequest(asked.scope, asked.receive)
            caller = await authorize_request(request, requirements)
            # Read before the transaction: a slow sender must not hold a connection.
            body = await request.body()
            if reads_json and body:
                await _read_json(request)
            key = await idempotency.key_from_request(request, caller.identity) if caller else None
            async with state_of(request.app).runtime.database.transaction() as tx:
                request.state.tx = tx
                return await _run_idempotently(tx, key, handle, request)

        return in_one_transaction


async def _run_idempotently(
    tx: Connection, key: idempotency.IdempotencyKey | None, handle: RequestHandler, request: Request
) -> Response:
    if key is None:
        return await handle(request)
    response = await idempotency.find_response(tx, key)
    if response is None:
        response = await handle(request)
        if isinstance(response, ProblemResponse):
            response.for_request(request.scope)
        if isinstance(response, StreamingResponse):
            raise TypeError("an answer that streams cannot be kept under an Idempotency-Key")
        await idempotency.store_response(tx, key, response)
    return response


async def authorize_request(
    request: Request, requirements: tuple[RequiresPermission, ...]
) -> Caller | None:
    """The caller, who holds everything that the route needs; None on a route open to all."""
    if not requirements:
        return None
    caller = await state_of(request.app).request_authenticator.authenticate(request.scope)
    for requirement in requirements:
        requirement.check(caller)
    request.state.caller = caller
    return caller


async def _read_json(request: Request) -> None:
    """Read before FastAPI asks for it, which would turn every error into a bare 400."""
    if not _has_json_body(request):
        raise UnsupportedMediaType("application/json")
    await request.json()


def _expects_json(route: APIRoute) -> bool:
    field = route.body_field
    return field is not None and getattr(field.field_info, "media_type", "") == "application/json"


def _has_json_body(request: Request) -> bool:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    )


def router(prefix: str, tags: list[str]) -> APIRouter:
    """A router whose routes are transactional. `prefix` begins with /v1."""
    return APIRouter(
        prefix=prefix, tags=list(tags), route_class=TransactionalRoute, responses=ERROR_RESPONSES
    )


def unguarded(app: FastAPI) -> list[str]:
    """Routes that name no permission and are not OPEN: there should be none.

    A thin route has its `Needs` as the attribute `needs` of its endpoint.
    """
    routes = []
    for route in iter_route_contexts(app.routes):
        guarded = isinstance(getattr(route.endpoint, "needs", None), RequiresPermission) or (
            isinstance(route.original_route, APIRoute) and any(requirements_of(route.dependant))
        )
        if not guarded and route.path not in PUBLIC_PATHS:
            routes.append(f"{' '.join(sorted(route.methods or ()))} {route.path}")
    return routes
