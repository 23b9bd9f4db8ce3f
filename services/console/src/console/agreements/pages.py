"""`/agreements`, `/agreements/{key or id}`: versions, what they promise, comments on them, and their signatures."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.agreements.view import ACTS, agreement_list, agreement_page, comparison
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, lacking, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.paged_list import asked_for
from console.upstream.client import Get, Parts
from console.upstream.part import Here
from console.visits.pages import not_shown, page
from console.visits.pictures import hand_on_paper
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "200"}
NEEDS: Final = {"comments": ("comment",), "termination": ("reason",), "decline": ("reason",)}
"""The acts that say something, with the field that must not be empty."""

routes = pages()


@routes.get("/agreements")
async def show_all(request: Request, visitor: Visiting, done: str | None = None) -> Response:
    asked = asked_for(request.query_params, "cursor")
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("sla", "/v1/agreements", ROWS | asked)}
    )
    shown = agreement_list(parts["list"])
    return page(
        request,
        visitor,
        "agreements/agreements.html",
        parts,
        status=shown.listed.status,
        agreements=shown,
        done=known_word(visitor.reader.language, "agreement_done", done),
    )


@routes.get("/agreements/{name}")
async def show(
    request: Request,
    visitor: Visiting,
    name: str,
    version: int | None = None,
    done: str | None = None,
) -> Response:
    """Show a version: by its id, or by the agreement's key the newest one or that `version`."""
    return await _page(request, visitor, name, {}, version=version, done=done)


@routes.get("/agreements/{name}/compare")
async def compare(request: Request, visitor: Visiting, name: str) -> Response:
    """Compare two versions, term by term."""
    path = f"/v1/agreements/{quote(name, safe='')}"
    asked = asked_for(request.query_params, "from", "to")
    parts = await visitor.upstream.parts(visitor.asker, {"diff": Get("sla", f"{path}/diff", asked)})
    if (refused := not_shown(request, visitor, parts, "diff", name)) is not None:
        return refused
    view = comparison(parts["diff"])
    return page(request, visitor, "agreements/compare.html", parts, view=view, name=name)


@routes.get("/agreements/{name}/paper.pdf")
async def paper(visitor: Visiting, name: str) -> Response:
    """Hand on the contract to read and print, in the language of the reader."""
    path = f"/v1/agreements/{quote(name, safe='')}/page"
    query = {"format": "pdf", "language": visitor.reader.language}
    return await hand_on_paper(visitor, Get("sla", path, query), name)


@routes.post("/agreements/{name}/termination/confirm")
async def confirm_termination(request: Request, visitor: Visiting, name: str) -> Response:
    return await _decide(request, visitor, name, "termination/confirm")


@routes.post("/agreements/{name}/{act}")
async def do_act(request: Request, visitor: Visiting, name: str, act: ACTS) -> Response:
    """Take a step in the life of a version. Who may is the service's to say; the page shows its answer."""
    return await _decide(request, visitor, name, act)


async def _decide(request: Request, visitor: Visitor, name: str, act: str) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, name, {act: form})

    values: dict[str, str] = request.state.form
    fields = NEEDS.get(act, ())
    if (wrong := lacking(values, *fields)) is not None:
        return await redraw(wrong)
    body = {field: values[field].strip() for field in fields} or None
    # A comment is added to whatever the version says now.
    decision = Decision("sla", "agreements", name, act, compares=act != "comments")
    answer = await decide(request, visitor, decision, body, redraw)
    if act == "decline" and visitor.is_contact and answer.status_code == SEE_OTHER:
        # What it becomes, a draft, is not shown to customers.
        return RedirectResponse("/agreements?done=decline", SEE_OTHER)
    return answer


async def _page(
    request: Request,
    visitor: Visitor,
    name: str,
    drawn: dict[str, Form],
    *,
    version: int | None = None,
    done: str | None = None,
) -> Response:
    query = {"version": str(version)} if version else {}
    get = Get("sla", f"/v1/agreements/{quote(name, safe='')}", query)
    parts = await visitor.upstream.parts(visitor.asker, {"agreement": get})
    if (refused := not_shown(request, visitor, parts, "agreement", name)) is not None:
        return refused
    found = parts["agreement"]
    assert isinstance(found, Here)
    more = await visitor.upstream.parts(visitor.asker, _beside(found.data), has_main=False)
    parts = Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})
    view = agreement_page(parts.by_name, visitor.is_contact)
    shown = drawn_forms(view.acts, drawn, found.etag)
    shown |= {act: form for act, form in drawn.items() if act not in shown}
    return page(
        request,
        visitor,
        "agreements/agreement.html",
        parts,
        status=status_of(shown),
        view=view,
        agreement=view.agreement,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "agreement_done", done),
    )


def _beside(agreement: dict[str, str]) -> dict[str, Get]:
    """What stands beside a version: comments on it, its calendar, extensions of the agreement."""
    own = f"/v1/agreements/{agreement['id']}"
    return {
        "comments": Get("sla", f"{own}/comments", ROWS),
        "extensions": Get("sla", f"{own}/extensions", ROWS),
        "calendar": Get("sla", f"/v1/calendars/{agreement['calendar']}"),
    }
