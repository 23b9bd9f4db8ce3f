"""`/review-actions`, `/review-actions/RA-…`: done by its owner with evidence, verified by somebody else."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.actions.view import ACTS, action_page
from console.forms.decision import Decision, decide_with_fields
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/review-actions"
ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get(HERE)
async def show_all(request: Request, visitor: Visiting, of: str = "everybody") -> Response:
    """List actions by what is due next: everybody's, or the reader's own."""
    asked = asked_for(request.query_params, "customer", "cursor")
    own = {"owner": visitor.session.person.sub} if of == "me" else {}
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("sla", f"/v1{HERE}", ROWS | asked | own)}
    )
    page_query = {name: value for name, value in asked.items() if name != "cursor"}
    shown = paged_list(parts["list"], HERE, page_query | ({"of": "me"} if own else {}))
    return page(
        request,
        visitor,
        "actions/actions.html",
        parts,
        status=shown.status,
        actions=shown,
        of="me" if own else "everybody",
        today=f"{visitor.reader.moment.astimezone(visitor.reader.zone):%Y-%m-%d}",
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

    decision = Decision("sla", "review-actions", key, act)
    return await decide_with_fields(request, visitor, decision, ACTS[act], redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("sla", f"/v1{HERE}/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"action": get})
    if (refused := not_shown(request, visitor, parts, "action", key)) is not None:
        return refused
    found = parts["action"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "actions/action.html",
        parts,
        status=status_of(shown),
        view=action_page(found.data, visitor.session.person.sub),
        action=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "action_done", done),
    )
