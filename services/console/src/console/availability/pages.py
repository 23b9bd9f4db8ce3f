"""`/availability`: a month of a customer, an environment or a service, with every interval that was not up."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from console.availability.view import availability_page
from console.paged_list import asked_for
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.pictures import Theme, hand_on_picture
from console.visits.routes import pages
from console.visits.visitor import Visiting

FILTERS: Final = ("customer", "environment", "service", "month")

routes = pages()


@routes.get("/availability")
async def show(request: Request, visitor: Visiting) -> Response:
    asked = asked_for(request.query_params, *FILTERS)
    parts = await visitor.upstream.parts(
        visitor.asker, {"availability": Get("sla", "/v1/availability", asked)}
    )
    found = parts["availability"]
    return page(
        request,
        visitor,
        "availability/availability.html",
        parts,
        status=status_of_part(found),
        part=found,
        view=availability_page(found),
        filters={name: asked.get(name, "") for name in FILTERS},
        picture_query=urlencode(asked),
    )


@routes.get("/availability/chart.svg")
async def picture(request: Request, visitor: Visiting, theme: Theme = "light") -> Response:
    asked = asked_for(request.query_params, *FILTERS) | {"theme": theme}
    return await hand_on_picture(visitor, Get("sla", "/v1/availability/chart.svg", asked))
