"""`/priority-matrix`: which priority impact and urgency give; lower ones are confirmed by a second person."""

from functools import partial
from typing import Final, Literal

from fastapi import Request
from starlette.responses import Response

from console.forms.decision import Decision, decide_typed
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.permitted import may
from console.priority_matrix.view import ACTS, LEVELS, matrix_page
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

NOUN: Final = "priority-matrix"

routes = pages()


@routes.get(f"/{NOUN}")
async def show(request: Request, visitor: Visiting, done: str | None = None) -> Response:
    return await _page(request, visitor, {}, done=done)


@routes.post(f"/{NOUN}/{{act}}")
async def decide_matrix(
    request: Request, visitor: Visiting, act: Literal["confirm", "decline"]
) -> Response:
    """Answer what another person asked for."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, {act: form})

    decision = Decision("intake", NOUN, "", "confirm", False, act)
    says = {"agree": act == "confirm"}
    return await decide_typed(request, visitor, decision, ACTS[act], redraw, says=says)


async def _page(
    request: Request, visitor: Visitor, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("intake", f"/v1/{NOUN}")
    parts = await visitor.upstream.parts(visitor.asker, {"matrix": get, "people": PEOPLE})
    if (refused := not_shown(request, visitor, parts, "matrix", NOUN)) is not None:
        return refused
    found = parts["matrix"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, None)
    reader = visitor.session.person
    return page(
        request,
        visitor,
        "priority_matrix/priority_matrix.html",
        parts,
        status=status_of(shown),
        view=matrix_page(found.data, reader.sub, partial(may, reader.roles)),
        matrix=found.data,
        levels=LEVELS,
        asks=ACTS,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "matrix_done", done),
    )
