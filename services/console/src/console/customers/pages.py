"""`/customers`, `/customers/{key}`: what is agreed with a customer, what is open, what runs, who may be called; their end."""

from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from console.customers.view import customer_card
from console.forms.decision import Decision, decide, decide_with_fields
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.language.catalogue import known_word
from console.upstream.client import Get, Parts
from console.upstream.part import Here, data_of, items_of, status_of_part
from console.upstream.people import PEOPLE
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

ACTS: Final = ("end", "keep", "confirm_end")

routes = pages()


@routes.get("/customers")
async def show_all(request: Request, visitor: Visiting) -> Response:
    parts = await visitor.upstream.parts(
        visitor.asker, {"list": Get("intake", "/v1/customers", {"limit": "200"}, remember=True)}
    )
    found = parts["list"]
    data = data_of(found)
    return page(
        request,
        visitor,
        "customers/customers.html",
        parts,
        status=status_of_part(found),
        part=found,
        rows=sorted(items_of(found), key=lambda one: str(one["name"]).casefold()),
        has_more=isinstance(data, dict) and data.get("next") is not None,
    )


@routes.get("/customers/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/customers/{key}/end")
async def end(request: Request, visitor: Visiting, key: str) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"end": form})

    decision = Decision("intake", "customers", key, "end")
    return await decide_with_fields(request, visitor, decision, ("reason",), redraw)


@routes.post("/customers/{key}/confirm-end")
async def confirm_end(request: Request, visitor: Visiting, key: str) -> Response:
    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"confirm_end": form})

    decision = Decision("intake", "customers", key, "end/confirm", done="confirm_end")
    return await decide(request, visitor, decision, None, redraw)


@routes.post("/customers/{key}/keep")
async def keep(request: Request, visitor: Visiting, key: str) -> Response:
    """Withdraw the request for the end of a customer."""

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {"keep": form})

    decision = Decision("intake", "customers", key, "end", done="keep", method="DELETE")
    return await decide(request, visitor, decision, None, redraw)


async def _page(
    request: Request, visitor: Visitor, key: str, drawn: dict[str, Form], *, done: str | None = None
) -> Response:
    """Show a customer. Six parts at once; reviews and maintenance are links, so that there are no more."""
    ref = quote(key, safe="")
    own = {"customer": key}
    parts = await visitor.upstream.parts(
        visitor.asker,
        {
            "customer": Get("intake", f"/v1/customers/{ref}", remember=True),
            "contacts": Get(
                "intake", f"/v1/customers/{ref}/contacts", {"limit": "50"}, remember=True
            ),
            "tickets": Get("intake", "/v1/queue", own | {"limit": "20"}),
            "agreement": Get("sla", "/v1/agreements/matching", own),
            "outages": Get("sla", "/v1/outages", own | {"limit": "10"}),
            "environments": Get("delivery-gate", "/v1/environments", {"limit": "200"}),
        },
    )
    if (data_of(parts["customer"]) or {}).get("end_asked_by") is not None:
        named = await visitor.upstream.parts(visitor.asker, {"people": PEOPLE}, has_main=False)
        parts = Parts({**parts.by_name, **named.by_name}, {**parts.seconds, **named.seconds})
    card = customer_card(parts.by_name, key, visitor.reader.moment)
    found = parts["customer"]
    shown = drawn_forms(ACTS, drawn, found.etag if isinstance(found, Here) else None)
    return page(
        request,
        visitor,
        "customers/customer.html",
        parts,
        status=max(status_of_part(found), status_of(shown)),
        card=card,
        key=key,
        forms=shown,
        is_own_request=card.asked_by(visitor.session.person.sub),
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "customer_done", done),
    )
