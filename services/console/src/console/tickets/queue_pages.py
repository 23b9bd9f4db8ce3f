"""`/tickets`: the queue, with its filters in the address."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.tickets import filters
from console.tickets.bulk import bulk_acts
from console.tickets.filters import CONDITIONS, OF_ALL, OF_FORM, Filters
from console.tickets.queue_view import queue_page
from console.upstream.client import Get
from console.upstream.part import status_of_part
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/tickets"
ROWS: Final = "50"

routes = pages()


@routes.get(HERE)
async def show(request: Request, visitor: Visiting, after: str | None = None) -> Response:
    """Show the queue. The fields of the form are written into the one text, so that an address says it all."""
    asked = dict(request.query_params)
    chosen = filters.from_form(asked)
    if any(name in asked for name in OF_FORM):
        text = chosen.text()
        address = f"{HERE}?{urlencode({'q': text})}" if text else HERE
        return RedirectResponse(address, SEE_OTHER)
    wanted = {"list": _get(visitor, chosen, after)}
    if not visitor.is_contact:
        wanted["views"] = Get("intake", "/v1/views", {"limit": "50"}, remember=True)
    return await _show(request, visitor, chosen, after, wanted, "tickets/queue.html")


@routes.get("/parts/queue")
async def show_part(
    request: Request, visitor: Visiting, q: str = "", after: str | None = None
) -> Response:
    """The list alone, as the page asks for it again."""
    chosen = filters.read(q)
    wanted = {"list": _get(visitor, chosen, after)}
    return await _show(request, visitor, chosen, after, wanted, "tickets/queue_part.html")


async def _show(
    request: Request,
    visitor: Visitor,
    chosen: Filters,
    after: str | None,
    wanted: Mapping[str, Get],
    template: str,
) -> Response:
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    shown = queue_page(
        parts.by_name,
        chosen,
        HERE,
        visitor.reader.moment,
        sub=visitor.session.person.sub,
        after=after,
        is_staff=not visitor.is_contact,
    )
    status = status_of_part(parts["list"])
    return page(
        request,
        visitor,
        template,
        parts,
        status=status,
        queue=shown,
        conditions=OF_ALL if visitor.is_contact else tuple(CONDITIONS),
        bulk_acts=bulk_acts(),
        nonce=forms.blank(None).nonce,
    )


def _get(visitor: Visitor, chosen: Filters, after: str | None) -> Get:
    """Ask the queue; the list of all tickets where that knows more, and for contacts, who have no queue."""
    query = chosen.query(visitor.reader.moment, has_queue=not visitor.is_contact)
    query |= {"limit": ROWS} | ({"cursor": after} if after else {})
    if chosen.of_all:
        return Get("intake", "/v1/tickets", query)
    if visitor.is_contact:
        return Get("intake", "/v1/tickets", {"open": "true"} | query)
    return Get("intake", "/v1/queue", query)
