"""`/reports`: one report of sla at a time, over the days and by the group that the address names."""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from console.paged_list import asked_for
from console.reports.columns import REPORTS
from console.reports.view import report_page
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

FILTERS: Final = ("from", "to", "customer", "service", "group_by", "step", "metric")
USUAL: Final = "compliance"

routes = pages()


@routes.get("/reports")
async def show(request: Request, visitor: Visiting, report: str = USUAL) -> Response:
    chosen = report if report in REPORTS else USUAL
    asked = asked_for(request.query_params, *FILTERS)
    # A contact's report is of their own customer anyway.
    usual = "service" if visitor.is_contact else "customer"
    query = REPORTS[chosen].query(asked | {"group_by": asked.get("group_by", usual)})
    parts = await visitor.upstream.parts(
        visitor.asker, {"report": Get("sla", REPORTS[chosen].path, query)}
    )
    found = parts["report"]
    return page(
        request,
        visitor,
        "reports/reports.html",
        parts,
        status=status_of_part(found),
        part=found,
        view=report_page(chosen, found, asked),
        filters={name: asked.get(name, "") for name in FILTERS}
        | {"group_by": query.get("group_by", "")},
    )
