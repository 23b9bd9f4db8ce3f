"""`/customers/{customer}/environments/{key}`: an environment as the directory has it, and its end by two people."""

from functools import partial
from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.environments.ending import ACTS, ending_of
from console.forms.decision import Decision, decide, decide_with_fields
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.permitted import may
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/customers/{customer}/environments/{key}"

routes = pages()


@routes.get(HERE)
async def show(
    request: Request, visitor: Visiting, customer: str, key: str, done: str | None = None
) -> Response:
    return await _page(request, visitor, customer, key, {}, done=done)


@routes.post(HERE + "/{act}")
async def do_act(
    request: Request, visitor: Visiting, customer: str, key: str, act: str
) -> Response:
    """Ask for the end of an environment, confirm it as another person, or take the request back."""
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, customer, key, {act: form})

    decision = _decision(customer, key, act)
    if act == "end":
        return await decide_with_fields(request, visitor, decision, ("reason",), redraw)
    return await decide(request, visitor, decision, None, redraw)


def _decision(customer: str, key: str, act: str) -> Decision:
    path = "end/confirm" if act == "confirm_end" else "end"
    return Decision(
        "intake",
        "environments",
        key,
        path,
        done=act,
        back=HERE.format(customer=quote(customer, safe=""), key=quote(key, safe="")),
        method="DELETE" if act == "keep" else "POST",
    )


async def _page(
    request: Request,
    visitor: Visitor,
    customer: str,
    key: str,
    drawn: dict[str, Form],
    *,
    done: str | None = None,
) -> Response:
    path = f"/v1/customers/{quote(customer, safe='')}/environments/{quote(key, safe='')}"
    wanted = {"entry": Get("intake", path), "people": PEOPLE}
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "entry", key)) is not None:
        return refused
    entry = parts["entry"]
    assert isinstance(entry, Here)
    shown = drawn_forms(ACTS, drawn, entry.etag)
    person = visitor.session.person
    return page(
        request,
        visitor,
        "environments/entry.html",
        parts,
        status=status_of(shown),
        entry=entry.data,
        ending=ending_of(entry.data, person.sub, partial(may, person.roles)),
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "environment_done", done),
    )
