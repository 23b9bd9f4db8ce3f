"""A decision by a form: sent to its service; back to the page where it was done."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.drawn import lacking, typed
from console.forms.fields import Field
from console.forms.form import Form
from console.forms.reading import asked_which, read_fields
from console.upstream.part import ServiceName
from console.upstream.problems import Done
from console.visits.routes import SEE_OTHER
from console.visits.visitor import Visitor

Redraw = Callable[[Form], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided: `noun` and `key` are in the API and in the console alike, `act` ends the API's path.
    `key` is empty of what there is one of.

    `compares`: it is about what the page shows, and refused where somebody has changed that since.
    `done`: what the page says was done, where that is not the act itself. `back`: its page, where that lies elsewhere.
    `method`: DELETE where something is taken back, PUT where it is put in place of what was.
    """

    service: ServiceName
    noun: str
    key: str
    act: str
    compares: bool = True
    done: str | None = None
    back: str | None = None
    method: Literal["POST", "PUT", "DELETE"] = "POST"

    @property
    def page(self) -> str:
        return self.back or self._address

    @property
    def path(self) -> str:
        return f"/v1{self._address}/{self.act}"

    @property
    def _address(self) -> str:
        return f"/{self.noun}" + (f"/{quote(self.key, safe='')}" if self.key else "")


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
        decision.method,
        decision.path,
        body,
        key=forms.nonce_of(values),
        etag=seen if decision.compares else None,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"{decision.page}?done={decision.done or decision.act}", SEE_OTHER)
    return await redraw(forms.after(outcome, values, seen))


async def decide_typed(
    request: Request,
    visitor: Visitor,
    decision: Decision,
    fields: Iterable[Field],
    redraw: Redraw,
    *,
    says: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Send a decision with what was typed into its fields; `says` is in its body whatever that is."""
    values: dict[str, str] = request.state.form
    found = read_fields(fields, values, visitor.reader.zone)
    if wrong := found.wrong:
        typed_twice = values | asked_which(wrong)
        return await redraw(forms.invalid(typed_twice, values.get("seen") or None, *wrong))
    return await decide(request, visitor, decision, {**found.body, **says} or None, redraw)


async def decide_with_fields(
    request: Request, visitor: Visitor, decision: Decision, needed: Sequence[str], redraw: Redraw
) -> Response:
    """Send a decision with these fields, without which it is not sent."""
    values: dict[str, str] = request.state.form
    if (wrong := lacking(values, *needed)) is not None:
        return await redraw(wrong)
    return await decide(request, visitor, decision, typed(values, *needed) or None, redraw)
