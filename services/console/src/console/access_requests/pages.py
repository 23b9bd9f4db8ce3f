"""`/access-requests`, `/access-requests/ACC-…`: from asking for an access to its being gone again."""

from functools import partial
from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.access_requests.view import ACTS, NEW, WAITING, access_page, mark_of
from console.forms import form as forms
from console.forms.creation import create
from console.forms.decision import Decision, decide_typed
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.forms.lists import needed_lists, read_list
from console.forms.reading import read_fields
from console.language.catalogue import known_word
from console.language.marked import marked
from console.paged_list import asked_for, paged_list
from console.permitted import ASK_FOR_ACCESS, may
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.people import PEOPLE
from console.visits.pages import not_permitted, not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/access-requests"
HEADING: Final = marked("Ask for an access")
ROWS: Final = {"limit": "50"}

routes = pages()


@routes.get(HERE)
async def show_all(request: Request, visitor: Visiting, waits: str = WAITING[0]) -> Response:
    """List accesses that wait for something, or all of them, the oldest first."""
    chosen = waits if waits in WAITING else WAITING[0]
    own = {} if chosen == "everything" else {"waiting_for": chosen}
    query = ROWS | asked_for(request.query_params, "cursor") | own
    get = Get("intake", f"/v1{HERE}", query)
    parts = await visitor.upstream.parts(visitor.asker, {"list": get, "people": PEOPLE})
    shown = paged_list(parts["list"], HERE, {"waits": chosen})
    return page(
        request,
        visitor,
        "access_requests/access_requests.html",
        parts,
        status=shown.status,
        accesses=shown,
        views=[(one, f"{HERE}?waits={one}") for one in WAITING],
        waits=chosen,
        mark_of=mark_of,
    )


@routes.get(HERE + "/new")
async def show_new(request: Request, visitor: Visiting) -> Response:
    return await _new(request, visitor, forms.blank(None))


@routes.post(HERE + "/new")
async def ask(request: Request, visitor: Visiting) -> Response:
    """Ask for an access. Somebody who neither asks for it nor gets it approves it."""
    values: dict[str, str] = request.state.form
    found = read_fields(NEW, values, visitor.reader.zone)
    if found.wrong:
        return await _new(request, visitor, forms.invalid(values, None, *found.wrong))

    async def redraw(form: Form) -> Response:
        return await _new(request, visitor, form)

    return await create(request, visitor, "intake", "access-requests", found.body, redraw)


@routes.get(HERE + "/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post(HERE + "/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    wanted = ACTS.get(act)
    if wanted is None:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    decision = Decision("intake", "access-requests", key, wanted.path, done=act)
    return await decide_typed(request, visitor, decision, wanted.fields, redraw, says=wanted.says)


async def _new(request: Request, visitor: Visitor, form: Form) -> Response:
    if (refused := not_permitted(request, visitor, ASK_FOR_ACCESS, HEADING, HERE)) is not None:
        return refused
    lists = needed_lists(NEW, None)
    parts = await visitor.upstream.parts(visitor.asker, lists)
    return page(
        request,
        visitor,
        "access_requests/new.html",
        parts,
        status=form.status,
        form=form,
        fields=NEW,
        lists={name: read_list(part) for name, part in parts.by_name.items()},
    )


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("intake", f"/v1{HERE}/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"access": get, "people": PEOPLE})
    if (refused := not_shown(request, visitor, parts, "access", key)) is not None:
        return refused
    found = parts["access"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    person = visitor.session.person
    return page(
        request,
        visitor,
        "access_requests/access_request.html",
        parts,
        status=status_of(shown),
        view=access_page(found.data, person.sub, partial(may, person.roles)),
        access=found.data,
        asks={name: act.fields for name, act in ACTS.items()},
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "access_done", done),
    )
