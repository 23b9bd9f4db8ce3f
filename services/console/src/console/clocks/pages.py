"""`/clocks`: promises by what is due next; `/clocks/{id}`: how the time of one was counted, and why."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.clock_list import clock_list, only_one
from console.clocks.view import KnownClock, clock_page, known_clock
from console.forms import form as forms
from console.forms.form import Form
from console.language.typed_times import TWICE, typed_time
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.upstream.problems import Done, Violation
from console.visits.pages import not_shown, page
from console.visits.pictures import Theme, hand_on_picture
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

ROWS = {"limit": "50"}
FILTERS = ("customer", "service", "metric", "assignee", "cursor")

routes = pages()


@routes.get("/clocks")
async def show_all(
    request: Request, visitor: Visiting, ticket: str | None = None, metric: str | None = None
) -> Response:
    """List open promises; those of one `ticket`, of which the only one of a `metric` is shown at once."""
    asked = {name: value for name, value in request.query_params.items() if name in FILTERS}
    get = Get("sla", "/v1/clocks", ROWS | asked | {"sort": "due"}, remember=True)
    if ticket:
        get = Get("sla", f"/v1/tickets/{quote(ticket, safe='')}/clocks", remember=True)
    parts = await visitor.upstream.parts(visitor.asker, {"list": get})
    if ticket and metric and (only := only_one(parts["list"], metric)):
        return RedirectResponse(f"/clocks/{only}", SEE_OTHER)
    shown = clock_list(parts["list"], ticket, asked, visitor.reader.moment)
    status = status_of_part(parts["list"])
    return page(request, visitor, "clocks/clocks.html", parts, status=status, clocks=shown)


@routes.get("/clocks/{clock}")
async def show(request: Request, visitor: Visiting, clock: UUID) -> Response:
    """Explain a promise: in sentences, as a picture, and interval by interval; `known_at` as it was known then."""
    wanted = {
        "explanation": Get("sla", f"/v1/clocks/{clock}/explanation"),
        "clock": Get("sla", f"/v1/clocks/{clock}"),
    }
    if visitor.audience == "staff":
        wanted["waivers"] = Get("sla", "/v1/waivers", {"clock": str(clock), "limit": "20"})
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "explanation", "")) is not None:
        return refused
    view = clock_page(parts.by_name, visitor.reader.moment)
    form, known = await _as_known(request, visitor, clock)
    return page(
        request,
        visitor,
        "clocks/clock.html",
        parts,
        status=form.status,
        view=view,
        clock=view.clock,
        form=form,
        known=known,
        twice=TWICE,
    )


async def _as_known(
    request: Request, visitor: Visitor, clock: UUID
) -> tuple[Form, KnownClock | None]:
    """Return the form that asks for an earlier moment, and the clock as it was known then."""
    asked = dict(request.query_params)
    if not asked.get("known_at"):
        return forms.blank(None), None
    instant = typed_time(asked, "known_at", visitor.reader.zone)
    if isinstance(instant, str):
        return forms.invalid(asked, None, Violation("known_at", instant)), None
    # It computes and changes nothing: what was typed stays, and may be asked for again.
    outcome = await visitor.upstream.send(
        visitor.asker,
        "sla",
        "POST",
        f"/v1/clocks/{clock}/replay",
        {"as_known_at": instant.isoformat()},
        key=forms.nonce_of({}),
    )
    if isinstance(outcome, Done):
        return forms.blank(None, **asked), known_clock(outcome.data)
    return forms.after(outcome, asked, None), None


@routes.get("/clocks/{clock}/picture.svg")
async def picture(clock: UUID, visitor: Visiting, theme: Theme = "light") -> Response:
    query: dict[str, Any] = {"theme": theme, "zone": visitor.reader.zone.key}
    return await hand_on_picture(visitor, Get("sla", f"/v1/clocks/{clock}/explanation.svg", query))
