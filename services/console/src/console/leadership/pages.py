"""`/leadership-report`: a month of all customers side by side, and as a paper."""

from fastapi import Request
from starlette.responses import Response

from console.figures import month_of
from console.leadership.view import leadership_page
from console.paged_list import asked_for
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.pictures import hand_on_paper
from console.visits.routes import pages
from console.visits.visitor import Visiting

HERE = "/leadership-report"

routes = pages()


@routes.get(HERE)
async def show(request: Request, visitor: Visiting) -> Response:
    month = request.query_params.get("month") or _present_month(visitor)
    get = Get("sla", f"/v1{HERE}", {"month": month, "language": visitor.reader.language})
    parts = await visitor.upstream.parts(visitor.asker, {"report": get})
    found = parts["report"]
    return page(
        request,
        visitor,
        "leadership/leadership.html",
        parts,
        status=status_of_part(found),
        part=found,
        view=leadership_page(found),
        month=month,
    )


@routes.get(f"{HERE}/paper.pdf")
async def paper(request: Request, visitor: Visiting) -> Response:
    month = asked_for(request.query_params, "month").get("month") or _present_month(visitor)
    query = {"month": month, "language": visitor.reader.language, "format": "pdf"}
    return await hand_on_paper(visitor, Get("sla", f"/v1{HERE}", query), f"leadership-{month}")


def _present_month(visitor: Visiting) -> str:
    return month_of(visitor.reader.moment.astimezone(visitor.reader.zone))
