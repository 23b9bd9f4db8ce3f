"""`/follow-ups`, `/follow-ups/FUP-…`: work after a refusal; closed with evidence, confirmed by another person."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.follow_ups.requests import body_of
from console.follow_ups.view import ACTS, STATES, follow_up_page
from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, lacking, status_of
from console.forms.fields import Field
from console.forms.form import Form
from console.forms.lists import needed_lists, read_list
from console.language.catalogue import known_word
from console.language.typed_times import TWICE
from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.problems import Violation
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "50"}
OWNER: Final = Field("owner", "listed", needed=True, label="owner", source="people")

routes = pages()


@routes.get("/follow-ups")
async def show_all(request: Request, visitor: Visiting, state: str = "open") -> Response:
    """List follow-ups in a state; of `mine` those that are open and given to the reader."""
    chosen = state if state in STATES else "open"
    asked = asked_for(request.query_params, "product", "cursor")
    query = ROWS | asked | _query_of(chosen, visitor.session.person.sub)
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("delivery-gate", "/v1/follow-ups", query)}
    )
    page_query = {name: value for name, value in asked.items() if name != "cursor"}
    shown = paged_list(parts["list"], "/follow-ups", page_query | {"state": chosen})
    return page(
        request,
        visitor,
        "follow_ups/follow_ups.html",
        parts,
        status=shown.status,
        follow_ups=shown,
        views=[(one, f"/follow-ups?state={one}") for one in STATES],
        state=chosen,
    )


def _query_of(state: str, sub: str) -> dict[str, str]:
    if state == "mine":
        return {"state": "open", "owner": sub}
    return {} if state == "everything" else {"state": state}


@routes.get("/follow-ups/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/follow-ups/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, *ACTS[act])) is not None:
        return await redraw(wrong)
    body = body_of(act, values, visitor.reader.zone)
    if isinstance(body, Violation):
        return await redraw(forms.invalid(values, values.get("seen") or None, body))
    decision = Decision("delivery-gate", "follow-ups", key, act)
    return await decide(request, visitor, decision, body, redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("delivery-gate", f"/v1/follow-ups/{quote(key, safe='')}")
    lists = needed_lists((OWNER,), None)
    parts = await visitor.upstream.parts(visitor.asker, {"follow_up": get, **lists})
    if (refused := not_shown(request, visitor, parts, "follow_up", key)) is not None:
        return refused
    found = parts["follow_up"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "follow_ups/follow_up.html",
        parts,
        status=status_of(shown),
        view=follow_up_page(found.data, visitor.session.person.sub, visitor.reader.moment),
        twice=TWICE,
        owner=OWNER,
        lists={name: read_list(parts[name]) for name in lists},
        follow_up=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "follow_up_done", done),
    )
