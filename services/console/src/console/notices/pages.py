"""`/notices/NTC-…`: a notice that waits is sent to the customer, or dismissed by two of us."""

from typing import Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.notices.view import ACTS, notice_page
from console.permitted import SEND_NOTICES, roles_with
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/notices"

routes = pages()


@routes.get(HERE + "/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post(HERE + "/{key}/{act}")
async def do_act(
    request: Request, visitor: Visiting, key: str, act: Literal["send", "dismiss"]
) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    return await decide(request, visitor, Decision("intake", "notices", key, act), None, redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("intake", f"/v1{HERE}/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"notice": get})
    if (refused := not_shown(request, visitor, parts, "notice", key)) is not None:
        return refused
    found = parts["notice"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    view = notice_page(found.data, visitor.session.person.sub, visitor.reader.language)
    was_done = "ask_dismissal" if done == "dismiss" and view.acts else done
    return page(
        request,
        visitor,
        "notices/notice.html",
        parts,
        status=status_of(shown),
        view=view,
        notice=found.data,
        forms=shown,
        senders=roles_with(SEND_NOTICES),
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "notice_done", was_done),
    )
