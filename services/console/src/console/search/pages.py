"""`/search`: by key straight to a page, by words through the tickets."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.search.view import NAME, found, page_of_key
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting

MAX_CHARS = 200

routes = pages()


@routes.get("/search")
async def show(request: Request, visitor: Visiting, q: str = "") -> Response:
    words = q.strip()[:MAX_CHARS]
    if path := page_of_key(words):
        return RedirectResponse(path, SEE_OTHER)
    if not words:
        return page(request, visitor, "search/search.html", words="", found=None)
    parts = await visitor.upstream.parts(visitor.asker, _requests_for(visitor, words))
    shown = found(parts.by_name, words)
    status = status_of_part(parts["tickets"])
    return page(
        request, visitor, "search/search.html", parts, status=status, words=words, found=shown
    )


def _requests_for(visitor: Visiting, words: str) -> dict[str, Get]:
    """Search the tickets, and the customers by name; a word that may be an environment's key is looked up."""
    wanted = {"tickets": Get("intake", "/v1/tickets", {"q": words, "limit": "50"})}
    if visitor.is_contact:
        return wanted
    wanted["customers"] = Get("intake", "/v1/customers", {"limit": "200"}, remember=True)
    if NAME.fullmatch(words):
        wanted["environment"] = Get("delivery-gate", f"/v1/environments/{quote(words, safe='')}")
    return wanted
