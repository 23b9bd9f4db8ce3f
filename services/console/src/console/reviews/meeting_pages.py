"""The forms of a review: its assessment, agenda, minutes, reasons of breaches, actions, and publication."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.drawn import lacking
from console.forms.form import Form
from console.reviews.pages import review
from console.reviews.requests import REQUESTS
from console.upstream.problems import Done
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

METHODS: Final[Mapping[str, str]] = {"assessment": "PUT"}

routes = pages()


@routes.post("/reviews/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    """Add to a review, or publish it. Who may is the service's to say."""
    wanted = REQUESTS.get(act)
    if wanted is None:
        raise HTTPException(404)
    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, *wanted.needs)) is not None:
        return await review(request, visitor, key, {act: wrong})
    return await _send(request, visitor, key, act, wanted.body(values))


async def _send(
    request: Request, visitor: Visitor, key: str, act: str, body: dict[str, Any] | None
) -> Response:
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    outcome = await visitor.upstream.send(
        visitor.asker,
        "sla",
        METHODS.get(act, "POST"),
        f"/v1/reviews/{quote(key, safe='')}/{act}",
        body,
        key=forms.nonce_of(values),
        etag=seen,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"/reviews/{quote(key, safe='')}?done={act}", SEE_OTHER)
    drawn: Form = forms.after(outcome, values, seen)
    return await review(request, visitor, key, {act: drawn})
