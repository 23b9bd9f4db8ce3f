"""`/waivers`: those that wait for a decision; `/waivers/W-…`: decide one, on a phone, too."""

from typing import Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.form import Form
from console.upstream.client import Get, Parts
from console.upstream.part import Denied, Here, status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor
from console.waivers.view import waiver_list, waiver_page

STATES: Final = ("requested", "approved", "refused", "everything")
ROWS: Final = {"limit": "50"}
Act = Literal["approve", "refuse"]

routes = pages()


@routes.get("/waivers")
async def show_all(request: Request, visitor: Visiting, state: str = "requested") -> Response:
    chosen = state if state in STATES else "requested"
    query = ROWS if chosen == "everything" else ROWS | {"state": chosen}
    parts = await visitor.upstream.parts(visitor.asker, {"list": Get("sla", "/v1/waivers", query)})
    shown = waiver_list(parts["list"], chosen, visitor.reader.moment)
    status = status_of_part(parts["list"])
    return page(
        request, visitor, "waivers/waivers.html", parts, status=status, waivers=shown, states=STATES
    )


@routes.get("/waivers/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, done=done)


@routes.post("/waivers/{key}/{act}")
async def take_decision(request: Request, visitor: Visiting, key: str, act: Act) -> Response:
    """Approve or refuse. Who may is the service's to say; the page shows its answer."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, form=form)

    reason = request.state.form.get("reason", "").strip()
    body = {"reason": reason} if reason else {}
    return await decide(request, visitor, Decision("sla", "waivers", key, act), body, redraw)


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    *,
    form: Form | None = None,
    done: str | None = None,
) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker, {"waiver": Get("sla", f"/v1/waivers/{quote(key, safe='')}")}
    )
    found = parts["waiver"]
    if not isinstance(found, Here):
        status = found.status if isinstance(found, Denied) else 503
        return page(
            request, visitor, "look/not_shown.html", parts, status=status, key=key, part=found
        )
    if found.data.get("ticket"):
        head = Get("intake", f"/v1/tickets/{quote(found.data['ticket'], safe='')}")
        more = await visitor.upstream.parts(visitor.asker, {"ticket": head}, has_main=False)
        parts = Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})
    drawn = form or forms.blank(found.etag)
    if drawn.notice == "changed":
        drawn = forms.after_change(drawn, found.etag)
    view = waiver_page(
        found.data,
        parts.by_name.get("ticket"),
        visitor.session.person.sub,
        visitor.reader.moment,
    )
    return page(
        request,
        visitor,
        "waivers/waiver.html",
        parts,
        status=drawn.status,
        view=view,
        waiver=view.waiver,
        form=drawn,
        done=done,
    )
