"""Responses that last as long as the client listens: the caller is authenticated, no transaction.

A listener must not hold a connection to the database: one loop reads for all of them.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Scope

from common.auth.requirements import requirements_of
from common.http.body import StrictRequest
from common.http.openapi import ERROR_RESPONSES
from common.http.route import RequestHandler, authorize_request
from common.http.state import state_of


@dataclass(frozen=True, slots=True)
class TokenCookie:
    """The cookie with the token: a browser's EventSource sends no headers. No script can read it."""

    name: str
    path: str
    secure: bool


TOKEN_COOKIE: Final = TokenCookie("opsdesk", "/v1/status", secure=False)
SECURE_TOKEN_COOKIE: Final = TokenCookie("__Host-opsdesk", "/", secure=True)
"""In production: browsers take a cookie with this prefix over TLS, from this very host alone."""


class StreamingRoute(APIRoute):
    """A route that authenticates the caller, by header or else by cookie, and calls the function."""

    def get_route_handler(self) -> RequestHandler:
        handle = super().get_route_handler()
        requirements = tuple(requirements_of(self.dependant))

        async def open_ended(asked: Request) -> Response:
            request = StrictRequest(_scope_with_token(asked), asked.receive)
            await authorize_request(request, requirements)
            return await handle(request)

        return open_ended


def streaming_router(prefix: str, tags: list[str]) -> APIRouter:
    """Create a router of streaming routes. A cookie alone must change nothing but end its own session."""
    return APIRouter(
        prefix=prefix, tags=list(tags), route_class=StreamingRoute, responses=ERROR_RESPONSES
    )


def token_cookie(app: FastAPI) -> TokenCookie:
    """Return the cookie of this app. Without TLS no browser would take the safe one."""
    is_production = state_of(app).runtime.settings.environment == "production"
    return SECURE_TOKEN_COOKIE if is_production else TOKEN_COOKIE


def authorization_header(scope: Scope) -> bytes | None:
    """Return the Authorization header of the request."""
    return next((value for name, value in scope["headers"] if name == b"authorization"), None)


def token_header(scope: Scope) -> bytes | None:
    """Return the Authorization header of the request, or else the same made of the cookie."""
    header = authorization_header(scope)
    if header is not None:
        return header
    token = Request(scope).cookies.get(token_cookie(scope["app"]).name)
    return None if token is None else f"Bearer {token}".encode("latin-1", "replace")


def _scope_with_token(request: Request) -> Scope:
    token = token_header(request.scope)
    if token is None or authorization_header(request.scope) is not None:
        return request.scope
    header = (b"authorization", token)
    # In place: the route and the caller of a request are kept on its scope.
    request.scope["headers"] = [*request.scope["headers"], header]
    return request.scope
