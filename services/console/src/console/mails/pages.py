"""`/mails`, `/mails/{id}`: what was held back as a machine's, and each mail as it came."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.mails.view import ACTS, OUTCOMES, mail_page, sender_of
from console.paged_list import asked_for, paged_list
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.people import PEOPLE
from console.upstream.problems import Done
from console.visits.pages import not_shown, page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/mails"
API: Final = "/v1/emails"
ROWS: Final = {"limit": "50"}
OPENING: Final[Mapping[str, str]] = {"open-ticket": "?done=new", "open-and-merge": "/do/merge"}
"""The acts that open a ticket, and where one goes on on it."""

routes = pages()


@routes.get(HERE)
async def show_all(request: Request, visitor: Visiting, outcome: str = "ignored") -> Response:
    """List mails by what became of them, the newest first; at first those that were held back."""
    chosen = outcome if outcome in OUTCOMES else OUTCOMES[0]
    query = ROWS | asked_for(request.query_params, "cursor") | {"outcome": chosen}
    parts = await visitor.upstream.parts(visitor.asker, {"list": Get("intake", API, query)})
    shown = paged_list(parts["list"], HERE, {"outcome": chosen})
    return page(
        request,
        visitor,
        "mails/mails.html",
        parts,
        status=shown.status,
        mails=shown,
        views=[(one, f"{HERE}?outcome={one}") for one in OUTCOMES],
        outcome=chosen,
        sender_of=sender_of,
    )


@routes.get(HERE + "/{id}")
async def show(request: Request, visitor: Visiting, id: UUID, done: str | None = None) -> Response:
    return await _page(request, visitor, id, {}, done=done)


@routes.get(HERE + "/{id}/raw")
async def download(visitor: Visiting, id: UUID) -> Response:
    """Hand a mail on as it came, to be saved."""
    found = await visitor.upstream.download(visitor.asker, Get("intake", f"{API}/{id}/raw"))
    if found is None:
        raise HTTPException(404)
    return found


@routes.post(HERE + "/{id}/{act}")
async def do_act(request: Request, visitor: Visiting, id: UUID, act: str) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, id, {act: form})

    if act not in OPENING:
        decision = Decision("intake", "emails", str(id), act, back=f"{HERE}/{id}")
        return await decide(request, visitor, decision, None, redraw)
    values: dict[str, str] = request.state.form
    outcome = await visitor.upstream.send(
        visitor.asker,
        "intake",
        "POST",
        f"{API}/{id}/open-ticket",
        None,
        key=forms.nonce_of(values),
    )
    if not isinstance(outcome, Done):
        return await redraw(forms.after(outcome, values, None))
    ticket = outcome.data["ticket"]["key"]
    return RedirectResponse(f"/tickets/{ticket}{OPENING[act]}", SEE_OTHER)


async def _page(
    request: Request, visitor: Visitor, id: UUID, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    wanted = {"mail": Get("intake", f"{API}/{id}"), "people": PEOPLE}
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "mail", str(id))) is not None:
        return refused
    found = parts["mail"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "mails/mail.html",
        parts,
        status=status_of(shown),
        view=mail_page(found.data),
        mail=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "mail_done", done),
    )
