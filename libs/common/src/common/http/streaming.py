"""Responses that last as long as the client listens: the caller is authenticated, no transaction.

A listener must not hold a connection to the database: one loop reads for all of them.
"""

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Scope

from common.auth.requirements import requirements_of
from common.http.body import StrictRequest
from common.http.prefix_router import PrefixRouter
from common.http.route import RequestHandler, authorize_request


class StreamingRoute(APIRoute):
    """A route that authenticates the caller, and calls the function."""

    def get_route_handler(self) -> RequestHandler:
        handle = super().get_route_handler()
        requirements = tuple(requirements_of(self.dependant))

        async def open_ended(asked: Request) -> Response:
            request = StrictRequest(asked.scope, asked.receive)
            await authorize_request(request, requirements)
            return await handle(request)

        return open_ended


def streaming_router(prefix: str, tags: list[str]) -> APIRouter:
    """Create a router of streaming routes."""
    return PrefixRouter(prefix, tags, StreamingRoute)


def authorization_header(scope: Scope) -> bytes | None:
    """Return the Authorization header of the request."""
    return next((value for name, value in scope["headers"] if name == b"authorization"), None)
