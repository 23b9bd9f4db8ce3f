"""`/outage-rules`: what counts as an outage; that nothing does any more is confirmed by a second person."""

from functools import partial
from typing import Final

from fastapi import Request
from starlette.responses import Response

from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.outage_rules.view import rules_page
from console.permitted import may
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

NOUN: Final = "outage-rules"
CONFIRM: Final = "confirm"

routes = pages()


@routes.get(f"/{NOUN}")
async def show(request: Request, visitor: Visiting, done: str | None = None) -> Response:
    return await _page(request, visitor, {}, done=done)


@routes.post(f"/{NOUN}/{CONFIRM}")
async def confirm(request: Request, visitor: Visiting) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, {CONFIRM: form})

    return await decide(request, visitor, Decision("sla", NOUN, "", CONFIRM), None, redraw)


async def _page(
    request: Request, visitor: Visitor, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    wanted = {"rules": Get("sla", f"/v1/{NOUN}"), "people": PEOPLE}
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "rules", NOUN)) is not None:
        return refused
    found = parts["rules"]
    assert isinstance(found, Here)
    shown = drawn_forms((CONFIRM,), drawn, found.etag)
    reader = visitor.session.person
    return page(
        request,
        visitor,
        "outage_rules/outage_rules.html",
        parts,
        status=status_of(shown),
        view=rules_page(found.data, reader.sub, partial(may, reader.roles)),
        rules=found.data,
        form=shown[CONFIRM],
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "outage_rules_done", done),
    )
