"""`/agreements/new`, `/agreements/{id}/draft`: the terms of a version, drafted anew, changed, or for the next version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.agreements.term_reading import Terms, find_violations, read_agreement, read_terms
from console.agreements.term_values import BLANK_ROWS, as_next_version, blank_terms, values_of
from console.agreements.term_view import terms_page
from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import SOURCES
from console.forms.rows import after_button
from console.language.typed_times import TWICE
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.problems import Done, Refused
from console.visits.pages import not_shown, page
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


NEW: Final = Target("/agreements/new", "POST", "/v1/agreements")


@routes.get("/agreements/new")
async def show_new(request: Request, visitor: Visiting, customer: str = "") -> Response:
    _only_staff(visitor)
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
    get = Get("sla", f"/v1/agreements/{quote(name, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"agreement": get})
    if (refused := not_shown(request, visitor, parts, "agreement", name)) is not None:
        return refused
    found = parts["agreement"]
    assert isinstance(found, Here)
    agreement = found.data
    weekly: Mapping[str, Any] = {}
    if calendar := (agreement.get("maintenance") or {}).get("calendar"):
        get = Get("sla", f"/v1/calendars/{calendar}")
        parts = await visitor.upstream.parts(visitor.asker, {"maintenance": get})
        if (refused := not_shown(request, visitor, parts, "maintenance", name)) is not None:
            return refused  # without these hours the version would lose them
        hours = parts["maintenance"]
        assert isinstance(hours, Here)
        weekly = hours.data["definition"].get("weekly") or {}
    values = values_of(agreement, weekly, visitor.reader.zone)
    if agreement["state"] == "draft":
        version = {"version": str(agreement["version"])}
        drawn = forms.blank(found.etag, **values, **version)
        return await _page(request, visitor, _draft(agreement["id"]), drawn)
    following = as_next_version(values, visitor.reader.moment, visitor.reader.zone)
    follows = {"follows": str(agreement["version"])}
    return await _page(request, visitor, NEW, forms.blank(None, **following, **follows))


@routes.post("/agreements/{name}/draft")
async def change_draft(request: Request, visitor: Visiting, name: str) -> Response:
    """Replace all terms of a draft. Whoever does so becomes its author."""
    _only_staff(visitor)
    terms = read_terms(request.state.form, visitor.reader.zone)
    return await _send(request, visitor, _draft(name), terms)


def _draft(name: str) -> Target:
    path = f"/agreements/{quote(name, safe='')}"
    return Target(f"{path}/draft", "PUT", f"/v1{path}")


def _only_staff(visitor: Visitor) -> None:
    """Contacts draft nothing. Raises 404."""
    if visitor.is_contact:
        raise HTTPException(404)


async def _send(request: Request, visitor: Visitor, target: Target, terms: Terms) -> Response:
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
    if form.notice == "changed":
        form = forms.after_change(form, await _present_etag(visitor, target))
    return await _page(request, visitor, target, form)


def _address_of(data: Any) -> str:
    """Return the page of the version that was drafted; the list, where the answer could not be read."""
    id = data.get("id") if isinstance(data, dict) else None
    return f"/agreements/{quote(str(id), safe='')}?done=draft" if id else "/agreements"


async def _present_etag(visitor: Visitor, target: Target) -> str | None:
    parts = await visitor.upstream.parts(visitor.asker, {"agreement": Get("sla", target.path)})
    found = parts["agreement"]
    return found.etag if isinstance(found, Here) else None


async def _page(request: Request, visitor: Visitor, target: Target, form: Form) -> Response:
    parts = await visitor.upstream.parts(visitor.asker, LISTS)
    return page(
        request,
        visitor,
        "agreements/terms.html",
        parts,
        status=form.status,
        view=terms_page(form.values, parts.by_name),
        form=form,
        action=target.page,
        twice=TWICE,
    )
