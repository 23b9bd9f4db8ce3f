"""`/agreements/new`, `/agreements/{id}/draft`: the terms of a version, drafted anew, changed, or for the next version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.agreements.term_reading import Terms, find_violations, read_agreement, read_terms
from console.agreements.term_values import (
    BLANK_ROWS,
    as_next_version,
    blank_terms,
    differences_of,
    values_of,
)
from console.agreements.term_view import terms_page
from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import SOURCES
from console.forms.rows import after_button
from console.language.marked import marked
from console.language.typed_times import TWICE
from console.permitted import WRITE_AGREEMENTS
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.problems import Done, Refused
from console.visits.pages import not_permitted, not_shown, page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

LISTS: Final[Mapping[str, Get]] = {
    "calendars": Get("sla", "/v1/calendars", {"limit": "200"}, remember=True),
    "customers": SOURCES["customers"],
    "services": SOURCES["services"],
}

routes = pages()


@dataclass(frozen=True, slots=True)
class Target:
    """Where the form is sent: to which page, and by it to which address of sla."""

    page: str
    method: str
    path: str


A_NEW_ONE: Final = marked("A new agreement")
TERMS: Final = marked("Terms of an agreement")
NEW: Final = Target("/agreements/new", "POST", "/v1/agreements")


@routes.get("/agreements/new")
async def show_new(request: Request, visitor: Visiting, customer: str = "") -> Response:
    _only_staff(visitor)
    back = "/agreements"
    if (refused := not_permitted(request, visitor, WRITE_AGREEMENTS, A_NEW_ONE, back)) is not None:
        return refused
    values = blank_terms(visitor.reader.moment, visitor.reader.zone, customer)
    return await _page(request, visitor, NEW, forms.blank(None, **values))


@routes.post("/agreements/new")
async def create(request: Request, visitor: Visiting) -> Response:
    """Draft an agreement, or the next version of one that exists."""
    _only_staff(visitor)
    terms = read_agreement(request.state.form, visitor.reader.zone)
    return await _send(request, visitor, NEW, terms)


@routes.get("/agreements/{name}/draft")
async def show_draft(request: Request, visitor: Visiting, name: str) -> Response:
    """Show the terms of a draft to change them; of any other version those of the one that follows it."""
    _only_staff(visitor)
    back = f"/agreements/{quote(name, safe='')}"
    if (refused := not_permitted(request, visitor, WRITE_AGREEMENTS, TERMS, back)) is not None:
        return refused
    stored = await _stored(request, visitor, name)
    if isinstance(stored, Response):
        return stored
    found, values = stored
    agreement = found.data
    if agreement["state"] == "draft":
        version = {"version": str(agreement["version"])}
        drawn = forms.blank(found.etag, **values, **version)
        return await _page(request, visitor, _draft(agreement["id"]), drawn)
    following = as_next_version(values, visitor.reader.moment, visitor.reader.zone)
    follows = {"follows": str(agreement["version"])}
    return await _page(request, visitor, NEW, forms.blank(None, **following, **follows))


async def _stored(
    request: Request, visitor: Visitor, name: str
) -> tuple[Here, dict[str, str]] | Response:
    """Return a version with its terms as the form has them, or the page that says why they cannot be shown."""
    get = Get("sla", f"/v1/agreements/{quote(name, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"agreement": get})
    if (refused := not_shown(request, visitor, parts, "agreement", name)) is not None:
        return refused
    found = parts["agreement"]
    assert isinstance(found, Here)
    weekly: Mapping[str, Any] = {}
    if calendar := (found.data.get("maintenance") or {}).get("calendar"):
        get = Get("sla", f"/v1/calendars/{calendar}")
        parts = await visitor.upstream.parts(visitor.asker, {"maintenance": get})
        if (refused := not_shown(request, visitor, parts, "maintenance", name)) is not None:
            return refused  # without these hours the version would lose them
        hours = parts["maintenance"]
        assert isinstance(hours, Here)
        weekly = hours.data["definition"].get("weekly") or {}
    return found, values_of(found.data, weekly, visitor.reader.zone)


@routes.post("/agreements/{name}/draft")
async def change_draft(request: Request, visitor: Visiting, name: str) -> Response:
    """Replace all terms of a draft. Whoever does so becomes its author."""
    _only_staff(visitor)
    terms = read_terms(request.state.form, visitor.reader.zone)
    return await _send(request, visitor, _draft(name), terms, name)


def _draft(name: str) -> Target:
    path = f"/agreements/{quote(name, safe='')}"
    return Target(f"{path}/draft", "PUT", f"/v1{path}")


def _only_staff(visitor: Visitor) -> None:
    """Contacts draft nothing. Raises 404."""
    if visitor.is_contact:
        raise HTTPException(404)


async def _send(
    request: Request, visitor: Visitor, target: Target, terms: Terms, name: str = ""
) -> Response:
    """`name`: the draft that is changed."""
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    if (changed := after_button(values, BLANK_ROWS)) is not None:
        return await _page(request, visitor, target, Form(forms.nonce_of(values), seen, changed))
    if terms.wrong:
        return await _page(request, visitor, target, forms.invalid(values, seen, *terms.wrong))
    outcome = await visitor.upstream.send(
        visitor.asker,
        "sla",
        target.method,
        target.path,
        terms.body,
        key=forms.nonce_of(values),
        etag=seen,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(_address_of(outcome.data), SEE_OTHER)
    form = forms.after(outcome, values, seen)
    if isinstance(outcome, Refused) and form.notice == "refused":
        form = replace(form, errors=find_violations(outcome, terms))
    if form.notice != "changed":
        return await _page(request, visitor, target, form)
    stored = await _stored(request, visitor, name)
    if isinstance(stored, Response):
        return stored
    found, theirs = stored
    form = forms.after_change(form, found.etag)
    return await _page(request, visitor, target, form, theirs)


def _address_of(data: Any) -> str:
    """Return the page of the version that was drafted; the list, where the answer could not be read."""
    id = data.get("id") if isinstance(data, dict) else None
    return f"/agreements/{quote(str(id), safe='')}?done=draft" if id else "/agreements"


async def _page(
    request: Request,
    visitor: Visitor,
    target: Target,
    form: Form,
    theirs: Mapping[str, str] | None = None,
) -> Response:
    """`theirs`: what somebody else has stored meanwhile."""
    parts = await visitor.upstream.parts(visitor.asker, LISTS)
    return page(
        request,
        visitor,
        "agreements/terms.html",
        parts,
        status=form.status,
        view=terms_page(form.values, parts.by_name),
        differences=() if theirs is None else differences_of(theirs, form.values),
        form=form,
        action=target.page,
        twice=TWICE,
    )
