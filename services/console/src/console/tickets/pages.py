"""`/tickets/OPS-…`: one ticket, a reply to its customer, and a note among us."""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.decision import Decision, decide
from console.forms.form import Form
from console.language.marked import marked
from console.tickets.acts import ACT_FORMS, act_form, body_of, path_of
from console.tickets.view import changes, ticket_page, written_facts
from console.upstream.client import Get, Parts
from console.upstream.part import Denied, Here, Missing, Part
from console.upstream.problems import Done, Violation
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

EMPTY: Final = marked("Write something first.")
MESSAGES: Final = {"limit": "200"}
Kind = Literal["reply", "note"]
VISIBILITIES: Final[Mapping[Kind, str]] = {"reply": "public", "note": "internal"}

routes = pages()


@routes.get("/tickets/{key}")
async def show(request: Request, visitor: Visiting, key: str, done: str | None = None) -> Response:
    """Show a ticket; `done` is what was just done, said once."""
    return await _page(request, visitor, key, {}, done=done)


@routes.post("/tickets/{key}/reply")
async def reply(request: Request, visitor: Visiting, key: str) -> Response:
    """Send a message to the customer."""
    return await _write(request, visitor, key, "reply")


@routes.post("/tickets/{key}/note")
async def note(request: Request, visitor: Visiting, key: str) -> Response:
    """Keep a note among us: customers never see it."""
    return await _write(request, visitor, key, "note")


@routes.post("/tickets/{key}/do/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    """Do what may be done on a ticket, such as verify it. Who may is intake's to say."""
    wanted = act_form(act)
    if wanted is None:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    values: dict[str, str] = request.state.form
    body = body_of(wanted, values, visitor.session.person.sub)
    if wanted.needs and body is None:
        wrong = Violation(wanted.field, EMPTY)
        return await redraw(forms.invalid(values, values.get("seen") or None, wrong))
    decision = Decision("intake", "tickets", key, path_of(act), done=act)
    return await decide(request, visitor, decision, body, redraw)


async def _write(request: Request, visitor: Visitor, key: str, kind: Kind) -> Response:
    """Send a message on. The text stays on the page until it is certain that it arrived."""
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    text = values.get("text", "").strip()
    if not text:
        wrong = forms.invalid(values, seen, Violation("text", EMPTY))
        return await _page(request, visitor, key, {kind: wrong})
    body: dict[str, Any] = {"text": text, "visibility": VISIBILITIES[kind]}
    if values.get("overrule_reason", "").strip():
        body["overrule_reason"] = values["overrule_reason"].strip()
    outcome = await visitor.upstream.send(
        visitor.asker,
        "intake",
        "POST",
        f"/v1/tickets/{quote(key, safe='')}/replies",
        body,
        key=forms.nonce_of(values),
        etag=seen,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"/tickets/{quote(key, safe='')}?done={kind}", SEE_OTHER)
    parts = await _ask(visitor, key)
    drawn = forms.after(outcome, values, _etag(parts) or seen)
    return await _page(request, visitor, key, {kind: drawn}, parts=parts)


async def _ask(visitor: Visitor, key: str) -> Parts:
    """Ask for the ticket and what stands beside it; for its environment once its name is known."""
    ref = quote(key, safe="")
    wanted = {
        "ticket": Get("intake", f"/v1/tickets/{ref}"),
        "messages": Get("intake", f"/v1/tickets/{ref}/messages", MESSAGES),
    }
    if not visitor.is_contact:
        wanted["clocks"] = Get("sla", f"/v1/tickets/{ref}/clocks", remember=True)
        wanted["escalations"] = Get("escalation", "/v1/escalations", {"ticket": key, "limit": "20"})
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    found = parts["ticket"]
    environment = found.data.get("environment") if isinstance(found, Here) else None
    if environment is None or visitor.is_contact:
        return parts
    path = f"/v1/environments/{quote(environment, safe='')}"
    more = await visitor.upstream.parts(visitor.asker, {"environment": Get("delivery-gate", path)})
    return Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    drawn: Mapping[str, Form],
    *,
    parts: Parts | None = None,
    done: str | None = None,
) -> Response:
    parts = parts or await _ask(visitor, key)
    names = [*VISIBILITIES, *(one.name for one in ACT_FORMS)]
    shown = {name: _fresh(drawn.get(name), _etag(parts)) for name in names}
    status = max((one.status for one in drawn.values()), default=200)
    ticket = parts["ticket"]
    if not isinstance(ticket, Here):
        status = max(status, _status(ticket))
        return page(
            request,
            visitor,
            "tickets/no_ticket.html",
            parts,
            status=status,
            part=ticket,
            key=key,
            forms=shown,
        )
    view = ticket_page(parts.by_name, visitor.session.person.sub, visitor.reader.moment)
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
        changed=changes(overtaken[0], view.ticket) if overtaken else (),
        saw=written_facts(view.ticket),
        acts=ACT_FORMS,
        wrong=any(one.notice for one in shown.values()),
        done=done,
    )


def _fresh(form: Form | None, etag: str | None) -> Form:
    """Return a form about what the page shows now: a blank one, or one that is drawn again."""
    if form is None:
        return forms.blank(etag)
    return forms.after_change(form, etag) if form.notice == "changed" else form


def _status(ticket: Part) -> int:
    if isinstance(ticket, Missing):
        return 503
    return ticket.status if isinstance(ticket, Denied) else 200


def _etag(parts: Parts) -> str | None:
    ticket = parts["ticket"]
    return ticket.etag if isinstance(ticket, Here) else None
