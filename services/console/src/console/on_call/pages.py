"""`/on-call`: who is on call now and next, and the own shifts. What was known last is shown where escalation is away,
and said.
"""

from fastapi import Request
from starlette.responses import Response

from console.on_call.view import on_call_page
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.get("/on-call")
async def show(request: Request, visitor: Visiting) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "rotas": Get("escalation", "/v1/oncall", remember=True),
            "people": Get("intake", "/v1/people", {"limit": "200"}, remember=True),
            "shifts": Get("escalation", "/v1/oncall/shifts", remember=True),
        },
    )
    shown = on_call_page(
        parts["rotas"], parts["people"], parts["shifts"], visitor.session.person.sub
    )
    status = status_of_part(parts["rotas"])
    return page(request, visitor, "on_call/on_call.html", parts, status=status, on_call=shown)
