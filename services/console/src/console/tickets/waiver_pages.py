"""`/tickets/OPS-…/clocks/…/waiver`: asking for a waiver of one promise. Who decides is another page's."""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.fields import Field
from console.forms.form import Form
from console.forms.reading import asked_which, read_fields
from console.upstream.client import Get
from console.upstream.part import Denied, Missing, data_of, items_of
from console.upstream.problems import Done
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

FIELDS: Final = (
    Field("reason", needed=True, hint="read_on_a_phone"),
    Field(
        "expires_at",
        "instant",
        needed=True,
        hint="covered_until",
    ),
)

routes = pages()


@routes.get("/tickets/{key}/clocks/{clock}/waiver")
async def show(request: Request, visitor: Visiting, key: str, clock: UUID) -> Response:
    return await _page(request, visitor, key, clock, None)


@routes.post("/tickets/{key}/clocks/{clock}/waiver")
async def ask(request: Request, visitor: Visiting, key: str, clock: UUID) -> Response:
    """Ask for it: the promise holds as it is until another person has decided."""
    values: dict[str, str] = request.state.form
    found = read_fields(FIELDS, values, visitor.reader.zone)
    if found.wrong:
        twice = asked_which(found.wrong)
        return await _page(
            request, visitor, key, clock, forms.invalid(values | twice, None, *found.wrong)
        )
    body: dict[str, Any] = {"clock_id": str(clock), **found.body}
    outcome = await visitor.upstream.send(
        visitor.asker, "sla", "POST", "/v1/waivers", body, key=forms.nonce_of(values)
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"/tickets/{quote(key, safe='')}?done=ask_waiver", SEE_OTHER)
    return await _page(request, visitor, key, clock, forms.after(outcome, values, None))


async def _page(
    request: Request, visitor: Visitor, key: str, clock: UUID, drawn: Form | None
) -> Response:
    ref = quote(key, safe="")
    wanted = {
        "ticket": Get("intake", f"/v1/tickets/{ref}"),
        "clocks": Get("sla", f"/v1/tickets/{ref}/clocks", remember=True),
    }
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    found = next((one for one in items_of(parts["clocks"]) if one["id"] == str(clock)), None)
    form = drawn or forms.blank(None)
    clocks = parts["clocks"]
    missing = clocks if isinstance(clocks, Missing) else None
    refused = clocks.status if isinstance(clocks, Denied) else 404
    status = max(form.status, 503 if missing else 200 if found else refused)
    return page(
        request,
        visitor,
        "tickets/ask_waiver.html",
        parts,
        status=status,
        key=key,
        ticket=data_of(parts["ticket"]),
        clock=found,
        part=missing,
        denied_part=clocks if isinstance(clocks, Denied) else None,
        address=f"/tickets/{ref}/clocks/{clock}/waiver",
        picture=f"/clocks/{clock}/picture.svg",
        form=form,
        fields=FIELDS,
    )
