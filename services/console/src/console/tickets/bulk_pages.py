"""`/tickets/bulk`: one act on all tickets that were ticked in the list, with what became of each."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import needed_lists, read_list
from console.sign_in.attempt import own_path
from console.tickets.act_form import ActForm
from console.tickets.bulk import asked as body_of
from console.tickets.bulk import bulk_act, read_bulk, results, ticked
from console.upstream.problems import Done
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/tickets/bulk"
LIST: Final = "/tickets"

routes = pages()


@routes.get(HERE)
async def show(visitor: Visiting) -> Response:
    """Nothing is ticked here: lead to the list."""
    return RedirectResponse(LIST, SEE_OTHER)


@routes.post(HERE)
async def do_bulk(request: Request, visitor: Visiting) -> Response:
    """Ask what is missing for the act, then do it; the answer says of each ticket what became of it."""
    values: dict[str, str] = request.state.form
    keys, act = ticked(values), bulk_act(values.get("act", ""))
    if not keys or act is None:
        return RedirectResponse(_back(values), SEE_OTHER)
    if act.fields and "filled_in" not in values:
        return await _page(request, visitor, act, keys, forms.blank(None, **values))
    found = read_bulk(act, values, visitor.session.person.sub, visitor.reader.zone)
    if found.wrong:
        return await _page(request, visitor, act, keys, forms.invalid(values, None, *found.wrong))
    outcome = await visitor.upstream.send(
        visitor.asker,
        "intake",
        "POST",
        "/v1/tickets/bulk",
        body_of(act, keys, found.body),
        key=forms.nonce_of(values),
    )
    if isinstance(outcome, Done) and isinstance(outcome.data, dict):
        shown = results(outcome.data)
        return page(
            request,
            visitor,
            "tickets/bulk_done.html",
            act=act,
            results=shown,
            refused=[one for one in shown if one.why_not],
            back=_back(values),
        )
    if isinstance(outcome, Done):
        return RedirectResponse(_back(values), SEE_OTHER)
    return await _page(request, visitor, act, keys, forms.after(outcome, values, None))


async def _page(
    request: Request, visitor: Visitor, act: ActForm, keys: list[str], form: Form
) -> Response:
    """Ask for what the act needs; the tickets that were ticked go along."""
    wanted = needed_lists(act.fields, None)
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    return page(
        request,
        visitor,
        "tickets/bulk.html",
        parts,
        status=form.status,
        act=act,
        keys=keys,
        form=form,
        lists={name: read_list(part) for name, part in parts.by_name.items()},
        back=_back(form.values),
    )


def _back(values: Mapping[str, str]) -> str:
    """Return the address of the list, with its filters."""
    given = values.get("back", LIST)
    return own_path(given) if given.startswith(LIST) else LIST
