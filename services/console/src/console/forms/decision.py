"""A decision by a form: sent to its service; back to the page where it was done."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.drawn import lacking, typed
from console.forms.form import Form
from console.upstream.part import ServiceName
from console.upstream.problems import Done
from console.visits.routes import SEE_OTHER
from console.visits.visitor import Visitor

Redraw = Callable[[Form], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided: `noun` and `key` are in the API and in the console alike, `act` ends the API's path.

    `compares`: it is about what the page shows, and refused where somebody has changed that since.
    `done`: what the page says was done, where that is not the act itself.
    """

    service: ServiceName
    noun: str
    key: str
    act: str
    compares: bool = True
    done: str | None = None

    @property
    def page(self) -> str:
        return f"/{self.noun}/{quote(self.key, safe='')}"

    @property
    def path(self) -> str:
        return f"/v1{self.page}/{self.act}"


async def decide(
    request: Request,
    visitor: Visitor,
    decision: Decision,
    body: Mapping[str, Any] | None,
    redraw: Redraw,
) -> Response:
    """Send a decision under the nonce of its form; `redraw` shows the page with what became of it."""
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    outcome = await visitor.upstream.send(
        visitor.asker,
        decision.service,
        "POST",
        decision.path,
        body,
        key=forms.nonce_of(values),
        etag=seen if decision.compares else None,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"{decision.page}?done={decision.done or decision.act}", SEE_OTHER)
    return await redraw(forms.after(outcome, values, seen))


async def decide_with_fields(
    request: Request, visitor: Visitor, decision: Decision, needed: Sequence[str], redraw: Redraw
) -> Response:
    """Send a decision with these fields, without which it is not sent."""
    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, *needed)) is not None:
        return await redraw(wrong)
    return await decide(request, visitor, decision, typed(values, *needed) or None, redraw)
