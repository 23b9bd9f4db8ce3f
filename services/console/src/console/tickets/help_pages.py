"""`/tickets/OPS-…/help`: what may help with a ticket. Its page asks for it once it is shown, as nobody waits for it."""

from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.tickets.help_view import help_part
from console.upstream.client import Get, Parts
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

routes = pages()


@routes.get("/tickets/{key}/help")
async def show_help(request: Request, visitor: Visiting, key: str) -> Response:
    """Show it as a page of its own, which needs no script."""
    parts = await _ask(visitor, key)
    status = max(status_of_part(one) for one in parts.by_name.values())
    view = help_part(parts.by_name)
    return page(request, visitor, "tickets/help.html", parts, status=status, key=key, help=view)


@routes.get("/tickets/{key}/parts/help")
async def show_help_part(request: Request, visitor: Visiting, key: str) -> Response:
    """Show it alone, for the page of the ticket."""
    parts = await _ask(visitor, key)
    view = help_part(parts.by_name)
    return page(request, visitor, "tickets/part.html", parts, part="help", key=key, help=view)


async def _ask(visitor: Visitor, key: str) -> Parts:
    if visitor.is_contact:
        raise HTTPException(404)
    here = f"/v1/tickets/{quote(key, safe='')}"
    return await visitor.upstream.parts(
        visitor.asker,
        {
            "suggestions": Get("intake", f"{here}/suggestions"),
            "articles": Get("intake", f"{here}/suggested-articles"),
        },
    )
