"""`/emergency-changes`, `/emergency-changes/EMC-…`: changes without a version, and the debts that they leave."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.emergencies.view import ACTS, STATES, emergency_list, emergency_page
from console.forms.decision import Decision, decide_with_fields
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/emergency-changes"
ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get(HERE)
async def show_all(request: Request, visitor: Visiting, state: str = "everything") -> Response:
    """List emergency changes, and the environments that owe a version."""
    chosen = state if state in STATES else "everything"
    asked = asked_for(request.query_params, "environment", "cursor")
    query = ROWS | asked | ({} if chosen == "everything" else {"state": chosen})
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "list": Get("delivery-gate", f"/v1{HERE}", query),
            "environments": Get("delivery-gate", "/v1/environments", {"limit": "200"}),
        },
    )
    shown = emergency_list(parts.by_name, chosen, visitor.reader.moment)
    return page(
        request,
        visitor,
        "emergencies/emergencies.html",
        parts,
        status=shown.listed.status,
        emergencies=shown,
    )


@routes.get(HERE + "/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post(HERE + "/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    decision = Decision("delivery-gate", "emergency-changes", key, act)
    return await decide_with_fields(request, visitor, decision, ACTS[act], redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("delivery-gate", f"/v1{HERE}/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"change": get})
    if (refused := not_shown(request, visitor, parts, "change", key)) is not None:
        return refused
    found = parts["change"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "emergencies/emergency.html",
        parts,
        status=status_of(shown),
        view=emergency_page(found.data, visitor.session.person.sub),
        change=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "emergency_done", done),
    )
