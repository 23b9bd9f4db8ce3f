"""Answers that last as long as somebody listens: the caller is admitted, no transaction is held.

A listener must not keep a connection to the database: whoever streams reads for all of them at once.
"""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Scope

from common.auth.requirements import requirements_of
from common.http.body import StrictRequest
from common.http.openapi import ERROR_RESPONSES
from common.http.route import RequestHandler, authorize_request

TOKEN_COOKIE: Final = "opsdesk"
"""A browser's EventSource sends no headers: its page has put the token here before, where no script
can read it."""


class StreamingRoute(APIRoute):
    """Admits the caller, by header or else by cookie, and runs the function: nothing else."""

    def get_route_handler(self) -> RequestHandler:
        handle = super().get_route_handler()
        requirements = tuple(requirements_of(self.dependant))

        async def open_ended(asked: Request) -> Response:
            request = StrictRequest(_scope_with_token(asked), asked.receive)
            await authorize_request(request, requirements)
            return await handle(request)

        return open_ended


def streaming_router(prefix: str, tags: list[str]) -> APIRouter:
    """A router whose routes stream; only GET, so that a cookie alone changes nothing."""
    return APIRouter(
        prefix=prefix, tags=list(tags), route_class=StreamingRoute, responses=ERROR_RESPONSES
    )


def authorization_header(scope: Scope) -> bytes | None:
    """The header by which the caller was admitted."""
    return next((value for name, value in scope["headers"] if name == b"authorization"), None)


def _scope_with_token(request: Request) -> Scope:
    token = request.cookies.get(TOKEN_COOKIE)
    if token is None or authorization_header(request.scope) is not None:
        return request.scope
    header = (b"authorization", f"Bearer {token}".encode("latin-1", "replace"))
    # In place: what is remembered of a request (its route, its caller) hangs on its scope.
    request.scope["headers"] = [*request.scope["headers"], header]
    return request.scope
