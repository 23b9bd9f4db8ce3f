"""The route class: one transaction per request, committed before the response is sent."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response, StreamingResponse

from common.auth.caller import Caller
from common.auth.requirements import RequiresPermission, requirements_of
from common.errors import ServiceUnavailable, UnsupportedMediaType
from common.http import idempotency
from common.http.body import StrictRequest
from common.http.prefix_router import PrefixRouter
from common.http.problems import ProblemResponse
from common.http.query_parameters import check_query_parameters
from common.http.references import checking_references
from common.http.route_workload import workload_of
from common.http.state import state_of
from common.now import now
from common.persistence.database import Connection, OutcomeUnknown
from common.persistence.workload import WRITES

PUBLIC_PATHS = frozenset(
    {
        # The style sheet of printed pages.
        "/docs/style.css",
        # Of escalation: a page that its signed address alone opens, for one person and one case.
        "/ack/{signed}",
    }
)
"""The only paths that need no token."""

RequestHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class TransactionalRoute(APIRoute):
    """A route in one transaction.

    It authenticates the caller, reads the body, begins the transaction, calls the function, stores
    the response under its Idempotency-Key and commits; then the response is sent. A raised Problem
    rolls back. Nothing may use the transaction after the function has returned.
    """

    def get_route_handler(self) -> RequestHandler:
        handle = checking_references(super().get_route_handler(), self)
        requirements = tuple(requirements_of(self.dependant))
        reads_json = _expects_json(self)
        workload = workload_of(self)

        async def in_one_transaction(asked: Request) -> Response:
            request = StrictRequest(asked.scope, asked.receive)
            caller = await authorize_request(request, requirements)
            # Read before the transaction: a slow sender must not hold a connection.
            body = await request.body()
            if reads_json and body:
                await _read_json(request)
            key = await idempotency.key_from_request(request, caller.identity) if caller else None
            database = state_of(request.app).database_for(workload)
            try:
                async with database.transaction() as tx:
                    request.state.tx = tx
                    return await _run_idempotently(tx, key, handle, request)
            except OutcomeUnknown:
                if workload is not WRITES:
                    raise ServiceUnavailable(1) from None  # there was nothing to store
                raise

        return in_one_transaction


class AuthorizedRoute(APIRoute):
    """Authenticates the caller and runs the function, which opens its own transactions.

    For a route that must commit more than once. It knows no Idempotency-Key.
    """

    def get_route_handler(self) -> RequestHandler:
        handle = super().get_route_handler()
        requirements = tuple(requirements_of(self.dependant))

        async def require_authorization(request: Request) -> Response:
            await authorize_request(request, requirements)
            return await handle(request)

        return require_authorization


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
            raise TypeError("a streaming response cannot be stored under an Idempotency-Key")
        await idempotency.store_response(tx, key, response)
    return response


async def authorize_request(
    request: Request, requirements: tuple[RequiresPermission, ...]
) -> Caller | None:
    """Return the caller, who has all permissions the route requires; None on a public route."""
    if not requirements:
        return None
    authenticator = state_of(request.app).request_authenticator
    caller = await authenticator.authenticate(request.scope)
    for requirement in requirements:
        requirement.check(caller)
        authenticator.sign_in.check(caller, requirement.permission, now().timestamp())
    check_query_parameters(request.scope)
    request.state.caller = caller
    return caller


async def _read_json(request: Request) -> None:
    """Parse the body before FastAPI does, which would answer every error with a bare 400."""
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
    """Create a router of transactional routes. `prefix` begins with /v1."""
    return PrefixRouter(prefix, tags, TransactionalRoute)


def authorized_router(prefix: str, tags: list[str]) -> APIRouter:
    """A router whose routes open their own transactions: see `AuthorizedRoute`."""
    return PrefixRouter(prefix, tags, AuthorizedRoute)


def unguarded_routes(app: FastAPI, guarded_by: tuple[type[APIRoute], ...] = ()) -> list[str]:
    """Return the routes that require no permission and are not public: there should be none.

    The endpoint of a fast route has its RequiresPermission as the attribute `needs`. Routes of the classes
    `guarded_by` have a guard of their own.
    """
    routes = []
    for route in iter_route_contexts(app.routes):
        guarded = (
            isinstance(getattr(route.endpoint, "needs", None), RequiresPermission)
            or isinstance(route.original_route, guarded_by)
            or (
                isinstance(route.original_route, APIRoute) and any(requirements_of(route.dependant))
            )
        )
        if not guarded and route.path not in PUBLIC_PATHS:
            routes.append(f"{' '.join(sorted(route.methods or ()))} {route.path}")
    return routes
