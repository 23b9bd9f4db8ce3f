"""`/`: my work."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.responses import Response

from common.domain.console_pages import page_of
from console.clock_list import clock_list
from console.upstream.client import Get
from console.upstream.part import Denied, Missing, status_of_part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor
from console.work.view import my_work

ROWS: Final = {"limit": "50"}

WAITING: Final = "/v1/waiting-for-me"
STAFF: Final[Mapping[str, Get]] = {
    "queue": Get("intake", "/v1/queue", ROWS | {"mine": "true"}),
    "intake": Get("intake", WAITING, ROWS),
    "sla": Get("sla", WAITING, ROWS),
    "escalation": Get("escalation", WAITING, ROWS),
    "delivery-gate": Get("delivery-gate", WAITING, ROWS),
    "on_call": Get("escalation", "/v1/oncall", remember=True),
}
CONTACTS: Final[Mapping[str, Get]] = {
    "queue": Get("intake", "/v1/tickets", ROWS | {"open": "true"}),
    "intake": Get("intake", WAITING, ROWS),
    "sla": Get("sla", WAITING, ROWS),
}
PARTNERS: Final = Get("sla", "/v1/clocks", ROWS | {"sort": "due"}, remember=True)

routes = pages()


@routes.get("/")
async def show(request: Request, visitor: Visiting) -> Response:
    """Show what waits for the person. Without the queue, which is the main part, the status is 503."""
    if visitor.is_partner:
        return await _show_to_partner(request, visitor)
    return await _show(request, visitor, "work/my_work.html")


@routes.get("/parts/work")
async def show_part(request: Request, visitor: Visiting) -> Response:
    """The list alone, as the page asks for it again."""
    return await _show(request, visitor, "work/work_part.html")


async def _show(request: Request, visitor: Visitor, template: str) -> Response:
    parts = await visitor.upstream.parts(visitor.asker, CONTACTS if visitor.is_contact else STAFF)
    work = my_work(parts.by_name, visitor.session.person.sub, visitor.reader.moment, page_of)
    main = parts["queue"]
    is_denied = all(isinstance(part, Denied) for part in parts.by_name.values())
    status = 503 if isinstance(main, Missing) else 403 if is_denied else 200
    denied = main if is_denied and isinstance(main, Denied) else None
    return page(request, visitor, template, parts, status=status, work=work, denied_part=denied)


async def _show_to_partner(request: Request, visitor: Visitor) -> Response:
    """Show the open promises of the partner's contracts: each is about a ticket that was handed over to them."""
    parts = await visitor.upstream.parts(visitor.asker, {"list": PARTNERS})
    found = parts["list"]
    return page(
        request,
        visitor,
        "work/partner.html",
        parts,
        status=status_of_part(found),
        clocks=clock_list(found, None, {}, visitor.reader.moment),
    )
