"""`/customers/{key}/goals`: how the goals of the agreements with a customer stand in a month."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.customers.goals_view import goals_page
from console.figures import month_of
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.get("/customers/{key}/goals")
async def show(request: Request, visitor: Visiting, key: str) -> Response:
    present = month_of(visitor.reader.moment.astimezone(visitor.reader.zone))
    month = request.query_params.get("month") or present
    get = Get("sla", f"/v1/customers/{quote(key, safe='')}/goals", {"month": month})
    parts = await visitor.upstream.parts(visitor.asker, {"goals": get})
    found = parts["goals"]
    return page(
        request,
        visitor,
        "customers/goals.html",
        parts,
        status=status_of_part(found),
        part=found,
        view=goals_page(found),
        key=key,
        month=month,
    )
