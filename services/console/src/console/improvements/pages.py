"""`/monitoring-improvements/MON-…`: planned, done with evidence, and verified by somebody else."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.forms.lists import needed_lists, read_list
from console.forms.reading import asked_which, read_fields
from console.improvements.view import ACTS, ALIASES, body_of, improvement_page
from console.language.catalogue import known_word
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/monitoring-improvements"

routes = pages()


@routes.get(HERE + "/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post(HERE + "/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    values: dict[str, str] = request.state.form
    found = read_fields(ACTS[act], values, visitor.reader.zone)
    if wrong := found.wrong:
        twice = asked_which(wrong)
        return await redraw(forms.invalid(values | twice, values.get("seen") or None, *wrong))
    name = ALIASES.get(act, act)
    decision = Decision("intake", "monitoring-improvements", key, name, done=act)
    return await decide(request, visitor, decision, body_of(act, found.body), redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("intake", f"/v1{HERE}/{quote(key, safe='')}")
    lists = needed_lists(ACTS["plan"], None)
    parts = await visitor.upstream.parts(visitor.asker, {"improvement": get, **lists})
    if (refused := not_shown(request, visitor, parts, "improvement", key)) is not None:
        return refused
    found = parts["improvement"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "improvements/improvement.html",
        parts,
        status=status_of(shown),
        view=improvement_page(found.data, visitor.session.person.sub, visitor.reader.moment),
        improvement=found.data,
        asks=ACTS,
        lists={name: read_list(parts[name]) for name in lists},
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "improvement_done", done),
    )
