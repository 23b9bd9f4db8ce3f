"""`/customers/{customer}/contacts/{id}`, `/contacts/{id}/erasure`: confirmed, ended and erased by two people."""

from functools import partial
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.contacts.view import ACTS, contact_page, erasure_page
from console.forms.decision import Decision, decide, decide_typed
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.permitted import may
from console.upstream.client import Get
from console.upstream.part import Denied, Here, data_of, items_of, status_of_part
from console.upstream.people import PEOPLE
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

CONTACT: Final = "/customers/{customer}/contacts/{id}"
ERASURE: Final = "/contacts/{id}/erasure"
CONFIRM: Final = "confirm"
NOT_FOUND: Final = 404

routes = pages()


@routes.get(CONTACT)
async def show(
    request: Request, visitor: Visiting, customer: str, id: UUID, done: str | None = None
) -> Response:
    return await _contact(request, visitor, customer, id, {}, done=done)


@routes.post(CONTACT + "/{act}")
async def do_act(
    request: Request, visitor: Visiting, customer: str, id: UUID, act: str
) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _contact(request, visitor, customer, id, {act: form})

    noun = f"customers/{quote(customer, safe='')}/contacts"
    decision = Decision("intake", noun, str(id), act)
    if act == "ask-erasure":
        back = ERASURE.format(id=id)
        decision = Decision("intake", "contacts", str(id), "erasure", False, act, back)
    return await decide_typed(request, visitor, decision, ACTS[act], redraw)


@routes.get(ERASURE)
async def show_erasure(
    request: Request, visitor: Visiting, id: UUID, done: str | None = None
) -> Response:
    return await _erasure(request, visitor, id, {}, done=done)


@routes.post(ERASURE + "/confirm")
async def confirm_erasure(request: Request, visitor: Visiting, id: UUID) -> Response:
    """Erase somebody, as another person than who asked for it. It cannot be undone."""

    async def redraw(form: Form) -> Response:
        return await _erasure(request, visitor, id, {CONFIRM: form})

    back = ERASURE.format(id=id)
    decision = Decision("intake", "contacts", str(id), "erasure/confirm", False, "erase", back)
    return await decide(request, visitor, decision, None, redraw)


async def _contact(
    request: Request,
    visitor: Visitor,
    customer: str,
    id: UUID,
    drawn: dict[str, Form],
    *,
    done: str | None = None,
) -> Response:
    path = f"/v1/customers/{quote(customer, safe='')}/contacts/{id}"
    wanted = {"contact": Get("intake", path), "people": PEOPLE}
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "contact", str(id))) is not None:
        return refused
    found = parts["contact"]
    assert isinstance(found, Here)
    shown = drawn_forms(ACTS, drawn, found.etag)
    person = visitor.session.person
    return page(
        request,
        visitor,
        "contacts/contact.html",
        parts,
        status=status_of(shown),
        view=contact_page(found.data, person.sub, partial(may, person.roles)),
        contact=found.data,
        customer=customer,
        asks=ACTS,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "contact_done", done),
    )


async def _erasure(
    request: Request, visitor: Visitor, id: UUID, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    """Show an erasure. Whose it is is told by what waits for the reader, as an erasure names nobody."""
    waiting = Get("intake", "/v1/waiting-for-me", {"kind": "confirm_erasure", "limit": "200"})
    wanted = {
        "erasure": Get("intake", f"/v1/contacts/{id}/erasure"),
        "waiting": waiting,
        "people": PEOPLE,
    }
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    found = parts["erasure"]
    nobody_asked = isinstance(found, Denied) and found.status == NOT_FOUND
    refused = None if nobody_asked else not_shown(request, visitor, parts, "erasure", str(id))
    if refused is not None:
        return refused
    shown = drawn_forms((CONFIRM,), drawn, None)
    asked = data_of(parts["erasure"])
    sub = visitor.session.person.sub
    return page(
        request,
        visitor,
        "contacts/erasure.html",
        parts,
        status=max(status_of_part(found), status_of(shown)),
        view=erasure_page(asked, items_of(parts["waiting"]), str(id), sub),
        id=str(id),
        form=shown[CONFIRM],
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "contact_done", done),
    )
