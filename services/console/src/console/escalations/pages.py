"""`/escalations/ESC-…`: read it, and acknowledge it so that nobody else is woken."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.escalations.view import escalation_page
from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.form import Form
from console.upstream.client import Get
from console.upstream.part import Denied, Here
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

routes = pages()


@routes.get("/escalations/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, done=done)


@routes.post("/escalations/{key}/acknowledge")
async def acknowledge(request: Request, visitor: Visiting, key: str) -> Response:
    """Acknowledge, whatever has happened meanwhile: a step that fired in between changes nothing about it."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, form=form)

    decision = Decision("escalation", "escalations", key, "acknowledge", compares=False)
    return await decide(request, visitor, decision, None, redraw)


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    *,
    form: Form | None = None,
    done: str | None = None,
) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "escalation": Get("escalation", f"/v1/escalations/{quote(key, safe='')}"),
            "notifications": Get("escalation", "/v1/notifications", {"escalation": key}),
        },
    )
    found = parts["escalation"]
    if not isinstance(found, Here):
        status = found.status if isinstance(found, Denied) else 503
        return page(
            request, visitor, "look/not_shown.html", parts, status=status, key=key, part=found
        )
    drawn = form or forms.blank(found.etag)
    view = escalation_page(
        found.data, parts["notifications"], visitor.session.person.sub, visitor.reader.moment
    )
    return page(
        request,
        visitor,
        "escalations/escalation.html",
        parts,
        status=drawn.status,
        view=view,
        case=view.case,
        form=drawn,
        done=done,
    )
