"""Fast routes: from method and path straight to the endpoint, inside EdgeMiddleware and BodyLimit.

Starlette's exception, exit stack and routing layers took a tenth of the time of creating a ticket.
"""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class FastRoutes:
    """The innermost ASGI middleware. Fast routes have no path parameters; EdgeMiddleware answers
    the errors of their endpoints."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self.app = app
        self.routes = {
            (method, route.path): route for route in routes for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            route = self.routes.get((scope["method"], scope["path"]))
            if route is not None:
                scope["route"] = route
                await route.app(scope, receive, send)
                return
        await self.app(scope, receive, send)
