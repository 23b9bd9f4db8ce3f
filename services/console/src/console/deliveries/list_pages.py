"""`/deliveries`: what runs where and what is on its way there; and the deliveries in a state as a list."""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from console.deliveries.matrix_view import delivery_matrix
from console.deliveries.view import delivery_list
from console.paged_list import asked_for
from console.upstream.client import Get
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

MATRIX: Final = "matrix"
STATES: Final = ("in_review", "approved", "delivered", "refused", "everything")
VIEWS: Final = (
    (MATRIX, "/deliveries"),
    *((state, f"/deliveries?state={state}") for state in STATES),
)
ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get("/deliveries")
async def show_all(request: Request, visitor: Visiting, state: str = MATRIX) -> Response:
    """Show the matrix, or the list of a state."""
    if state in STATES:
        return await _list(request, visitor, state)
    return await _matrix(request, visitor)


async def _matrix(request: Request, visitor: Visitor) -> Response:
    asked = asked_for(request.query_params, "customer", "product", "cursor")
    get = Get("delivery-gate", "/v1/delivery-matrix", ROWS | asked)
    parts = await visitor.upstream.parts(visitor.asker, {"matrix": get})
    filters = {name: value for name, value in asked.items() if name != "cursor"}
    shown = delivery_matrix(parts["matrix"], filters)
    return page(
        request,
        visitor,
        "deliveries/matrix.html",
        parts,
        status=shown.listed.status,
        matrix=shown,
        views=VIEWS,
    )


async def _list(request: Request, visitor: Visitor, state: str) -> Response:
    asked = asked_for(request.query_params, "environment", "product", "version", "cursor")
    query = ROWS | asked | ({} if state == "everything" else {"state": state})
    get = Get("delivery-gate", "/v1/deliveries", query)
    parts = await visitor.upstream.parts(visitor.asker, {"list": get})
    filters = {name: value for name, value in asked.items() if name != "cursor"}
    shown = delivery_list(parts["list"], state, filters)
    return page(
        request,
        visitor,
        "deliveries/deliveries.html",
        parts,
        status=shown.status,
        deliveries=shown,
        filters=filters,
        views=VIEWS,
    )
