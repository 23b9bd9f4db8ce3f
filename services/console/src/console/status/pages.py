"""`/status`: how the promises stand; `?wall=1` for a screen on the wall."""

from fastapi import Request
from starlette.responses import Response

from console.status.view import status_page
from console.upstream.client import Get
from console.upstream.part import Denied
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.get("/status")
async def show(request: Request, visitor: Visiting, wall: bool = False) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker, {"status": Get("sla", "/v1/status", remember=True)}
    )
    found = parts["status"]
    if isinstance(found, Denied):
        return page(
            request, visitor, "look/not_shown.html", parts, status=found.status, key="", part=found
        )
    view = status_page(found)
    status = 503 if view.missing else 200
    return page(
        request, visitor, "status/status.html", parts, status=status, status_now=view, wall=wall
    )
