"""`/tickets/OPS-…`: one ticket, and its parts alone, as they are asked for again when something has changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from common.http import state_of
from common.now import now
from console.drafts.store import Draft
from console.drafts.store import find as find_drafts
from console.files.attached import attached_files
from console.forms import form as forms
from console.forms.form import Form
from console.presence.store import others
from console.tickets.checked import Checked
from console.tickets.seen import changes, written_facts
from console.tickets.ticket_parts import WHOLE, ask, etag_of
from console.tickets.view import ticket_page
from console.upstream.client import Parts
from console.upstream.part import Denied, Here, Missing, Part
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

WRITTEN: Final = ("reply", "note")
PARTS: Final[Mapping[str, frozenset[str]]] = {
    "conversation": frozenset({"messages"}),
    "promises": frozenset({"clocks"}),
    "escalations": frozenset({"escalations"}),
    "environment": frozenset({"environment"}),
    "problem": frozenset({"problem"}),
    "facts": frozenset(),
}
"""The parts that stand alone, with what each asks for beside the ticket. None holds a field of a form."""
FOR_STAFF: Final = frozenset({"promises", "escalations", "environment", "problem"})

routes = pages()


@routes.get("/tickets/{key}")
async def show(
    request: Request,
    visitor: Visiting,
    key: str,
    done: str | None = None,
    after: str | None = None,
) -> Response:
    """Show a ticket; `done` is what was just done, said once; `after` is where later messages begin."""
    return await show_ticket(request, visitor, key, {}, done=done, after=after)


@routes.get("/tickets/{key}/parts/{part}")
async def show_part(
    request: Request, visitor: Visiting, key: str, part: str, after: str | None = None
) -> Response:
    """Show one part of the page alone."""
    if part not in PARTS or (part in FOR_STAFF and visitor.is_contact):
        raise HTTPException(404)
    parts = await ask(visitor, key, after, PARTS[part])
    if not isinstance(parts["ticket"], Here):
        return _no_ticket(request, visitor, key, parts, {}, 200)
    view = ticket_page(parts.by_name, visitor.session.person.sub, visitor.reader.moment)
    return page(
        request,
        visitor,
        "tickets/part.html",
        parts,
        part=part,
        page=view,
        ticket=view.ticket,
        after=after,
    )


async def show_ticket(
    request: Request,
    visitor: Visitor,
    key: str,
    drawn: Mapping[str, Form],
    *,
    parts: Parts | None = None,
    done: str | None = None,
    after: str | None = None,
    checked: Checked | None = None,
) -> Response:
    """Show a ticket with the forms that were `drawn` again, and blank ones beside them.

    `checked` is what was found in the reply.
    """
    parts = parts or await ask(visitor, key, after, WHOLE)
    etag = etag_of(parts)
    shown = {name: _fresh(drawn.get(name), etag) for name in WRITTEN}
    status = max((one.status for one in drawn.values()), default=200)
    if not isinstance(parts["ticket"], Here):
        return _no_ticket(request, visitor, key, parts, shown, status)
    sub = visitor.session.person.sub
    view = ticket_page(parts.by_name, sub, visitor.reader.moment)
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        drafts = await find_drafts(tx, sub, key.upper())
        there = [] if visitor.is_contact else await others(tx, key.upper(), sub, now())
    shown = {name: _with_draft(one, drafts.get(name)) for name, one in shown.items()}
    overtaken = [one.value("saw") for one in drawn.values() if one.notice == "changed"]
    return page(
        request,
        visitor,
        "tickets/ticket.html",
        parts,
        status=status,
        page=view,
        ticket=view.ticket,
        forms=shown,
        blank=forms.blank(etag),
        changed=changes(overtaken[0], view.ticket) if overtaken else (),
        saw=written_facts(view.ticket),
        attached=attached_files,
        checked=checked,
        wrong=any(one.notice for one in shown.values()),
        done=done,
        after=after,
        drafts={name: one for name, one in drafts.items() if name not in drawn},
        others=there,
    )


def _no_ticket(
    request: Request,
    visitor: Visitor,
    key: str,
    parts: Parts,
    shown: Mapping[str, Form],
    status: int,
) -> Response:
    part = parts["ticket"]
    status = max(status, _status(part))
    template = "tickets/no_ticket.html"
    return page(request, visitor, template, parts, status=status, part=part, key=key, forms=shown)


def _fresh(form: Form | None, etag: str | None) -> Form:
    """Return a form about what the page shows now: a blank one, or one that is drawn again."""
    if form is None:
        return forms.blank(etag)
    return forms.after_change(form, etag) if form.notice == "changed" else form


def _with_draft(form: Form, draft: Draft | None) -> Form:
    """Return a blank form with what this person had begun to write."""
    if draft is None or form.values:
        return form
    return replace(form, values={"text": draft.text})


def _status(ticket: Part) -> int:
    if isinstance(ticket, Missing):
        return 503
    return ticket.status if isinstance(ticket, Denied) else 200
