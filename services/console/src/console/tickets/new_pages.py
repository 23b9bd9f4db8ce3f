"""`/tickets/new`: a ticket written down, such as after a phone call; first who calls, then what about."""

from typing import Any, Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from common.http import state_of
from console.drafts.store import Draft, throw_away
from console.drafts.store import find as find_drafts
from console.files.attached import attached_files, attached_ids
from console.files.sending import send_files
from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import SOURCES, environments_of, read_list
from console.forms.reading import asked_which, read_fields
from console.language.marked import marked
from console.permitted import OPEN_TICKETS
from console.tickets.new_view import FIELDS, FOR_CONTACTS, caller_query, callers, chosen_caller
from console.upstream.client import Get, Parts
from console.upstream.part import Part
from console.upstream.problems import Done
from console.visits.pages import not_permitted, page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/tickets/new"
HEADING: Final = marked("New ticket")
NEW: Final = "NEW"
"""What drafts of new tickets are about."""

routes = pages()


@routes.get(HERE)
async def show(
    request: Request,
    visitor: Visiting,
    who: str = "",
    contact: str = "",
    customer: str = "",
) -> Response:
    """Show the form. `who` is a number, a name or an address that is looked for; `contact` the one that was chosen."""
    if (refused := not_permitted(request, visitor, OPEN_TICKETS, HEADING, "/tickets")) is not None:
        return refused
    values = {"who": who.strip(), "contact": contact, "customer": customer}
    draft = await _draft(request, visitor)
    if draft is not None:
        values["description"] = draft.text
    return await _page(request, visitor, forms.blank(None, **values), draft)


@routes.post(HERE)
async def create(request: Request, visitor: Visiting) -> Response:
    """Open the ticket, and go to it."""
    values: dict[str, str] = request.state.form
    fields = FOR_CONTACTS if visitor.is_contact else FIELDS
    sent = await send_files(visitor, request.state.files, "/v1/attachments")
    values = values | sent.fields
    found = read_fields(fields, values, visitor.reader.zone)
    if wrong := (*found.wrong, *sent.wrong):
        twice = asked_which(wrong)
        return await _page(request, visitor, forms.invalid(values | twice, None, *wrong))
    body: dict[str, Any] = dict(found.body)
    if contact := values.get("contact", "").strip():
        body["contact"] = contact
    if attached := attached_ids(values):
        body["attachments"] = attached
    outcome = await visitor.upstream.send(
        visitor.asker, "intake", "POST", "/v1/tickets", body, key=forms.nonce_of(values)
    )
    if isinstance(outcome, Done):
        async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
            await throw_away(tx, visitor.session.person.sub, "new", NEW)
        key = outcome.data.get("key") if isinstance(outcome.data, dict) else None
        return RedirectResponse(f"/tickets/{key}?done=new" if key else "/tickets", SEE_OTHER)
    return await _page(request, visitor, forms.after(outcome, values, None))


async def _draft(request: Request, visitor: Visitor) -> Draft | None:
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        return (await find_drafts(tx, visitor.session.person.sub, NEW)).get("new")


async def _page(
    request: Request, visitor: Visitor, form: Form, draft: Draft | None = None
) -> Response:
    first = await visitor.upstream.parts(visitor.asker, _gets(visitor, form))
    found: Part | None = first.by_name.get("callers")
    chosen = chosen_caller(found, form.value("contact"))
    customer = chosen["customer"] if chosen else form.value("customer")
    known = {"environments": environments_of(customer)} if customer else {}
    more = await visitor.upstream.parts(visitor.asker, known, has_main=False)
    parts = Parts({**first.by_name, **more.by_name}, {**first.seconds, **more.seconds})
    lists = {name: read_list(part) for name, part in parts.by_name.items() if name != "callers"}
    return page(
        request,
        visitor,
        "tickets/new.html",
        parts,
        status=form.status,
        form=form,
        draft=draft,
        fields=FOR_CONTACTS if visitor.is_contact else FIELDS,
        lists=lists,
        found=found,
        callers=callers(found),
        chosen=chosen,
        attached=attached_files,
    )


def _gets(visitor: Visitor, form: Form) -> dict[str, Get]:
    """Return what the page asks for first: who calls, and what can be chosen in any case."""
    if visitor.is_contact:
        return {}
    wanted = {"customers": SOURCES["customers"], "services": SOURCES["services"]}
    if query := caller_query(form.value("who")):
        wanted["callers"] = Get("intake", "/v1/callers", query)
    return wanted
