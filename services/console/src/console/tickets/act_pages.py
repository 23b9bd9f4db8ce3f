"""`/tickets/OPS-…/do/…`: an act on a ticket as a page with its form, and what became of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import Entry, List, needed_lists, read_list
from console.forms.reading import asked_which
from console.forms.rows import after_button, rows_of
from console.tickets.act_form import ActForm
from console.tickets.act_reading import read_act
from console.tickets.act_view import act_page
from console.tickets.acts import act_form
from console.tickets.cause import record_values
from console.tickets.problem import with_problem
from console.tickets.ticket_parts import problem_of
from console.upstream.client import Get, Parts
from console.upstream.part import Denied, Here, Missing, Part, data_of
from console.upstream.problems import Done
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

routes = pages()


@routes.get("/tickets/{key}/do/{act}")
async def show_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    """Show the form of an act, or why it is not possible now."""
    return await _page(request, visitor, key, _form_of(act), None)


@routes.post("/tickets/{key}/do/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    """Do what may be done on a ticket, such as verify it. Who may is intake's to say."""
    wanted = _form_of(act)
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    if (changed := after_button(values, wanted.rows)) is not None:
        drawn = Form(forms.nonce_of(values), seen, changed)
        return await _page(request, visitor, key, wanted, drawn)
    found = read_act(wanted, values, visitor.session.person.sub, visitor.reader.zone)
    if found.wrong:
        twice = asked_which(found.wrong)
        return await _page(
            request, visitor, key, wanted, forms.invalid(values | twice, seen, *found.wrong)
        )
    outcome = await visitor.upstream.send(
        visitor.asker,
        "intake",
        wanted.method,
        wanted.address(key, found.body.pop(wanted.ref, "")),
        found.body or None,
        key=forms.nonce_of(values),
        etag=seen,
    )
    if isinstance(outcome, Done):
        return RedirectResponse(f"/tickets/{quote(key, safe='')}?done={act}", SEE_OTHER)
    return await _page(request, visitor, key, wanted, forms.after(outcome, values, seen))


def _form_of(act: str) -> ActForm:
    found = act_form(act)
    if found is None:
        raise HTTPException(404)
    return found


async def _page(
    request: Request, visitor: Visitor, key: str, act: ActForm, drawn: Form | None
) -> Response:
    """Show the form with the head of the ticket. Without the ticket the form stays, with all that was typed."""
    parts = await _ask(visitor, key, act)
    ticket = parts["ticket"]
    etag = ticket.etag if isinstance(ticket, Here) else None
    problem = data_of(parts["problem"]) if "problem" in parts.by_name else None
    form = drawn or forms.blank(etag, **record_values(act, problem, visitor.reader.zone))
    if form.notice == "changed":
        form = forms.after_change(form, etag)
    beside = {"ticket", "problem"}
    lists = {name: read_list(part) for name, part in parts.by_name.items() if name not in beside}
    if act.ref:
        lists[act.fields[0].source] = _incidents_of(problem)
    shown = data_of(ticket)
    if shown is not None:
        shown = with_problem(shown, parts.by_name.get("problem"))
    return page(
        request,
        visitor,
        "tickets/act.html",
        parts,
        status=max(form.status, _status(ticket)),
        key=key,
        page=act_page(act, shown, problem, form.value("saw")),
        part=ticket if isinstance(ticket, Missing) else None,
        refused=ticket if isinstance(ticket, Denied) else None,
        form=form,
        lists=lists,
        rows={name: rows_of(form.values, name) for name in act.rows},
    )


async def _ask(visitor: Visitor, key: str, act: ActForm) -> Parts:
    """Ask for the ticket, and for what its fields are chosen from; what depends on the ticket comes after it."""
    get = Get("intake", f"/v1/tickets/{quote(key, safe='')}")
    before = needed_lists(act.fields, None)
    parts = await visitor.upstream.parts(visitor.asker, {"ticket": get} | before)
    ticket = data_of(parts["ticket"])
    after = needed_lists(act.fields, ticket)
    rest = {name: wanted for name, wanted in after.items() if name not in before}
    if act.noun == "problems" and (problem := problem_of(ticket)) is not None:
        rest["problem"] = problem
    more = await visitor.upstream.parts(visitor.asker, rest, has_main=False)
    return Parts({**parts.by_name, **more.by_name}, {**parts.seconds, **more.seconds})


def _incidents_of(problem: Mapping[str, Any] | None) -> List:
    """Return the incidents of a problem to choose from; where it is not known their keys are typed."""
    keys = () if problem is None else problem["incidents"]
    return List(tuple(Entry(key, key) for key in keys), problem is not None)


def _status(ticket: Part) -> int:
    if isinstance(ticket, Denied):
        return ticket.status
    return 503 if isinstance(ticket, Missing) else 200
