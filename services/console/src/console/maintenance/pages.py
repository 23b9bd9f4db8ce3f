"""`/maintenance`, `/maintenance/MW-…`: announced before it starts, and agreed to by another person."""

from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.forms import form as forms
from console.forms.creation import create
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, lacking, status_of, typed
from console.forms.form import Form
from console.language.catalogue import known_word
from console.language.typed_times import TWICE
from console.maintenance.requests import announcement_of, window_of
from console.maintenance.view import maintenance_page
from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get("/maintenance")
async def show_all(request: Request, visitor: Visiting) -> Response:
    return await _list(request, visitor, {})


@routes.post("/maintenance/announce")
async def announce(request: Request, visitor: Visiting) -> Response:
    async def redraw(form: Form) -> Response:
        return await _list(request, visitor, {"announce": form})

    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, "title", "starts_at", "ends_at")) is not None:
        return await redraw(wrong)
    body, violations = announcement_of(values, visitor.reader.zone)
    if violations:
        return await redraw(forms.invalid(values, None, *violations))
    return await create(request, visitor, "sla", "maintenance", body, redraw)


@routes.get("/maintenance/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/maintenance/{key}/move")
async def move(request: Request, visitor: Visiting, key: str) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"move": form})

    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, "starts_at", "ends_at")) is not None:
        return await redraw(wrong)
    window, violations = window_of(values, visitor.reader.zone)
    if violations:
        return await redraw(forms.invalid(values, values.get("seen") or None, *violations))
    decision = Decision("sla", "maintenance", key, "move")
    return await decide(request, visitor, decision, window, redraw)


@routes.post("/maintenance/{key}/{act}")
async def do_act(
    request: Request, visitor: Visiting, key: str, act: Literal["agree", "cancel"]
) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    values: dict[str, str] = request.state.form
    # Agreed to is what the page showed, not what it has become meanwhile.
    body = typed(values, "starts_at", "ends_at") if act == "agree" else None
    return await decide(request, visitor, Decision("sla", "maintenance", key, act), body, redraw)


async def _list(request: Request, visitor: Visitor, drawn: dict[str, Form]) -> Response:
    asked = asked_for(request.query_params, "customer", "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("sla", "/v1/maintenance", ROWS | asked)}
    )
    page_query: dict[str, Any] = {name: asked[name] for name in asked if name != "cursor"}
    shown = paged_list(parts["list"], "/maintenance", page_query)
    form = drawn_forms(("announce",), drawn, None)["announce"]
    return page(
        request,
        visitor,
        "maintenance/all_maintenance.html",
        parts,
        status=max(shown.status, form.status),
        maintenance=shown,
        form=form,
        filters=page_query,
        twice=TWICE,
    )


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("sla", f"/v1/maintenance/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"maintenance": get})
    if (refused := not_shown(request, visitor, parts, "maintenance", key)) is not None:
        return refused
    found = parts["maintenance"]
    assert isinstance(found, Here)
    shown = drawn_forms(("agree", "move", "cancel"), drawn, found.etag)
    return page(
        request,
        visitor,
        "maintenance/maintenance.html",
        parts,
        status=status_of(shown),
        view=maintenance_page(found.data, visitor.session.person.sub, visitor.reader.moment),
        maintenance=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        twice=TWICE,
        done=known_word(visitor.reader.language, "maintenance_done", done),
    )
