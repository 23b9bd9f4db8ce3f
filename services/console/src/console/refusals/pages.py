"""`/refusals`: versions that were refused, with their reasons and what holds them."""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get("/refusals")
async def show_all(request: Request, visitor: Visiting) -> Response:
    asked = asked_for(request.query_params, "environment", "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("delivery-gate", "/v1/refusals", ROWS | asked)}
    )
    page_query = {name: value for name, value in asked.items() if name != "cursor"}
    shown = paged_list(parts["list"], "/refusals", page_query)
    return page(
        request,
        visitor,
        "refusals/refusals.html",
        parts,
        status=shown.status,
        refusals=shown,
        filters=page_query,
    )
