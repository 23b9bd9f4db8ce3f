"""`/customers`, `/customers/{key}`: what is agreed with a customer, what is open, what runs, who may be called."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.customers.view import customer_card
from console.upstream.client import Get
from console.upstream.part import data_of, items_of, status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.get("/customers")
async def show_all(request: Request, visitor: Visiting) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("intake", "/v1/customers", {"limit": "200"}, remember=True)}
    )
    found = parts["list"]
    data = data_of(found)
    return page(
        request,
        visitor,
        "customers/customers.html",
        parts,
        status=status_of_part(found),
        part=found,
        rows=sorted(items_of(found), key=lambda one: str(one["name"]).casefold()),
        has_more=isinstance(data, dict) and data.get("next") is not None,
    )


@routes.get("/customers/{key}")
async def show(request: Request, visitor: Visiting, key: str) -> Response:
    """Show a customer. Six parts at once; reviews and maintenance are links, so that there are no more."""
    ref = quote(key, safe="")
    own = {"customer": key}
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "customer": Get("intake", f"/v1/customers/{ref}", remember=True),
            "contacts": Get(
                "intake", f"/v1/customers/{ref}/contacts", {"limit": "50"}, remember=True
            ),
            "tickets": Get("intake", "/v1/queue", own | {"limit": "20"}),
            "agreement": Get("sla", "/v1/agreements/matching", own),
            "outages": Get("sla", "/v1/outages", own | {"limit": "10"}),
            "environments": Get("delivery-gate", "/v1/environments", {"limit": "200"}),
        },
    )
    card = customer_card(parts.by_name, key, visitor.reader.moment)
    return page(
        request,
        visitor,
        "customers/customer.html",
        parts,
        status=status_of_part(parts["customer"]),
        card=card,
        key=key,
    )
