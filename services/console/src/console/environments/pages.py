"""`/environments/{key}`: what runs there, whether it is as approved, what stands in the way of a delivery."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.environments.view import environment_card, products_of
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.get("/environments/{key}")
async def show(request: Request, visitor: Visiting, key: str) -> Response:
    here = {"environment": key}
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "environment": Get("delivery-gate", f"/v1/environments/{quote(key, safe='')}"),
            "deliveries": Get("delivery-gate", "/v1/deliveries", here | {"limit": "20"}),
            "emergencies": Get("delivery-gate", "/v1/emergency-changes", here | {"limit": "10"}),
            "tickets": Get("intake", "/v1/queue", here | {"limit": "20"}),
            "outages": Get("sla", "/v1/outages", here | {"limit": "10"}),
            "maintenance": Get("sla", "/v1/maintenance", {"limit": "50"}),
        },
    )
    card = environment_card(parts.by_name, key, visitor.reader.moment)
    return page(
        request,
        visitor,
        "environments/environment.html",
        parts,
        status=status_of_part(parts["environment"]),
        card=card,
        key=key,
        products=products_of(card),
    )
