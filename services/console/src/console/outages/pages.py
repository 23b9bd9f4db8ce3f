"""`/outages`, `/outages/OUT-…`: what was down; reported, ended and corrected, a correction by two people."""

from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.forms import form as forms
from console.forms.creation import create
from console.forms.decision import Decision, decide
from console.forms.drawn import drawn_forms, is_wrong, lacking, status_of, typed
from console.forms.form import Form
from console.language.catalogue import known_word
from console.language.typed_times import TWICE
from console.outages.requests import correction_of, report_of
from console.outages.view import outage_list, outage_page
from console.paged_list import asked_for
from console.upstream.client import Get
from console.upstream.part import Here
from console.upstream.problems import Violation
from console.visits.pages import not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ROWS: Final = {"limit": "50"}
WITHOUT_SUPERSEDED: Final = {"superseded": "false"}
"""A contact reads each outage once: one that counts as another would seem to go on beside it."""
FILTERS: Final = ("customer", "environment", "service", "state", "cursor")

routes = pages()


@routes.get("/outages")
async def show_all(request: Request, visitor: Visiting) -> Response:
    return await _list(request, visitor, {})


@routes.post("/outages/report")
async def report(request: Request, visitor: Visiting) -> Response:
    """Report an outage by hand."""

    async def redraw(form: Form) -> Response:
        return await _list(request, visitor, {"report": form})

    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, "reason")) is not None:
        return await redraw(wrong)
    body = report_of(values, visitor.reader.zone)
    if isinstance(body, Violation):
        return await redraw(forms.invalid(values, None, body))
    return await create(request, visitor, "sla", "outages", body, redraw)


@routes.get("/outages/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/outages/{key}/end")
async def end(request: Request, visitor: Visiting, key: str) -> Response:
    body = typed(request.state.form, "reason") or None
    return await _decide(request, visitor, key, "end", "end", body)


@routes.post("/outages/{key}/corrections")
async def correct(request: Request, visitor: Visiting, key: str) -> Response:
    """Ask for a correction. It changes nothing until another person confirms it."""
    values: dict[str, str] = request.state.form
    wrong = lacking(values, "reason")
    body = correction_of(values, visitor.reader.zone)
    if isinstance(body, Violation):
        wrong = wrong or forms.invalid(values, values.get("seen") or None, body)
    if wrong is not None:
        return await _page(request, visitor, key, {"correct": wrong})
    assert not isinstance(body, Violation)
    return await _decide(request, visitor, key, "corrections", "correct", body)


@routes.post("/outages/{key}/corrections/{correction}/{act}")
async def decide_correction(
    request: Request,
    visitor: Visiting,
    key: str,
    correction: str,
    act: Literal["confirm", "refuse"],
) -> Response:
    path = f"corrections/{quote(correction, safe='')}/{act}"
    return await _decide(request, visitor, key, path, act, None)


async def _decide(
    request: Request,
    visitor: Visitor,
    key: str,
    path: str,
    name: str,
    body: dict[str, Any] | None,
) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {name: form})

    return await decide(
        request, visitor, Decision("sla", "outages", key, path, done=name), body, redraw
    )


async def _list(request: Request, visitor: Visitor, drawn: dict[str, Form]) -> Response:
    asked = asked_for(request.query_params, *FILTERS)
    query = ROWS | asked | (WITHOUT_SUPERSEDED if visitor.is_contact else {})
    parts = await visitor.upstream.parts(visitor.asker, {"list": Get("sla", "/v1/outages", query)})
    shown = outage_list(parts["list"], asked)
    form = drawn_forms(("report",), drawn, None)["report"]
    return page(
        request,
        visitor,
        "outages/outages.html",
        parts,
        status=max(shown.listed.status, form.status),
        outages=shown,
        form=form,
        twice=TWICE,
    )


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    get = Get("sla", f"/v1/outages/{quote(key, safe='')}")
    parts = await visitor.upstream.parts(visitor.asker, {"outage": get})
    if (refused := not_shown(request, visitor, parts, "outage", key)) is not None:
        return refused
    found = parts["outage"]
    assert isinstance(found, Here)
    shown = drawn_forms(("end", "correct", "confirm", "refuse"), drawn, found.etag)
    return page(
        request,
        visitor,
        "outages/outage.html",
        parts,
        status=status_of(shown),
        view=outage_page(found.data, visitor.session.person.sub),
        outage=found.data,
        forms=shown,
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "outage_done", done),
        twice=TWICE,
    )
