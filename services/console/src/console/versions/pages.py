"""`/versions`: the versions of a product; `/versions/{product}:{name}`: one of them."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.paged_list import asked_for, paged_list
from console.upstream.client import Get, Parts
from console.upstream.part import Here
from console.versions.view import version_page
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting

ROWS: Final = {"limit": "50"}
MOST: Final = {"limit": "200"}

routes = pages()


@routes.get("/versions")
async def show_all(request: Request, visitor: Visiting) -> Response:
    """List the versions of a product, newest first; without a product those of all."""
    asked = asked_for(request.query_params, "product", "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "list": Get("delivery-gate", "/v1/versions", ROWS | asked),
            "products": Get("delivery-gate", "/v1/products", MOST),
        },
    )
    filters = {name: value for name, value in asked.items() if name != "cursor"}
    shown = paged_list(parts["list"], "/versions", filters)
    return page(
        request,
        visitor,
        "versions/versions.html",
        parts,
        status=shown.status,
        versions=shown,
        products=paged_list(parts["products"], "/versions", {}),
        product=filters.get("product", ""),
    )


@routes.get("/versions/{ref}")
async def show(request: Request, visitor: Visiting, ref: str) -> Response:
    first = await visitor.upstream.parts(
        visitor.asker,
        {
            "version": Get("delivery-gate", f"/v1/versions/{quote(ref, safe='')}"),
            "criteria": Get("delivery-gate", "/v1/criteria"),
        },
    )
    if (refused := not_shown(request, visitor, first, "version", ref)) is not None:
        return refused
    found = first["version"]
    assert isinstance(found, Here)
    product = {"product": found.data["product"]}
    about = ROWS | product | {"version": found.data["name"]}
    more = await visitor.upstream.parts(
        visitor.asker,
        {
            "deliveries": Get("delivery-gate", "/v1/deliveries", about),
            "follow_ups": Get("delivery-gate", "/v1/follow-ups", about),
            "matrix": Get("delivery-gate", "/v1/delivery-matrix", MOST | product),
        },
        has_main=False,
    )
    parts = Parts({**first.by_name, **more.by_name}, {**first.seconds, **more.seconds})
    return page(
        request,
        visitor,
        "versions/version.html",
        parts,
        view=version_page(parts.by_name, visitor.reader.moment),
        version=found.data,
    )
