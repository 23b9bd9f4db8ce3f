"""`/people`, `/people/{sub}`: our own people, and how they are reached; other roles and their end are confirmed by a second person."""

from functools import partial
from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.forms.decision import Decision, decide_typed
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.people.view import ACTS, people_rows, person_page
from console.permitted import may
from console.upstream.client import Get
from console.upstream.part import Here, data_of, items_of, status_of_part
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/people"

routes = pages()


@routes.get(HERE)
async def show_all(request: Request, visitor: Visiting) -> Response:
    """List our own people by name, those who have left last."""
    parts = await visitor.upstream.parts(visitor.asker, {"people": PEOPLE})
    found = parts["people"]
    data = data_of(found)
    return page(
        request,
        visitor,
        "people/people.html",
        parts,
        status=status_of_part(found),
        part=found,
        rows=people_rows(items_of(found)),
        has_more=isinstance(data, dict) and data.get("next") is not None,
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

    decision = Decision("intake", "people", key, act)
    return await decide_typed(request, visitor, decision, ACTS[act], redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("intake", f"/v1{HERE}/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"person": get, "people": PEOPLE})
    if (refused := not_shown(request, visitor, parts, "person", key)) is not None:
        return refused
    found = parts["person"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    reader = visitor.session.person
    return page(
        request,
        visitor,
        "people/person.html",
        parts,
        status=status_of(shown),
        view=person_page(found.data, reader.sub, partial(may, reader.roles)),
        person=found.data,
        asks=ACTS,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "person_done", done),
    )
