"""`/tickets/OPS-…/reply/check` and `…/reply/template`: what helps to write a reply, before it is sent."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from console.files.sending import Sent, send_files
from console.forms import form as forms
from console.forms.form import Form
from console.tickets.checked import AGREED, Checked, checked_of, name_of, templates_of
from console.tickets.checking import check_text, draft_from
from console.tickets.pages import show_ticket
from console.tickets.writing_pages import EMPTY, files_path
from console.upstream.client import Get
from console.upstream.part import items_of, status_of_part
from console.upstream.problems import Done, Violation
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

TEMPLATES: Final = Get("intake", "/v1/message-templates", {"limit": "200"}, remember=True)
NOT_CARRIED: Final = frozenset({"form", "template", AGREED})
"""Fields that the page of templates does not hand on: it has its own, or they are about another text."""

routes = pages()


@routes.post("/tickets/{key}/reply/check")
async def check(request: Request, visitor: Visiting, key: str) -> Response:
    """Show what is found in a reply, and send nothing."""
    sent = await _store_files(request, visitor, key)
    values: dict[str, str] = request.state.form
    seen, text = values.get("seen") or None, values.get("text", "").strip()
    wrong = sent.wrong if text else (Violation("text", EMPTY), *sent.wrong)
    if wrong:
        return await _show(request, visitor, key, forms.invalid(values, seen, *wrong))
    found = await check_text(visitor, key, text)
    if not isinstance(found, Checked):
        return await _show(request, visitor, key, forms.after(found, values, seen))
    form = Form(forms.nonce_of(values), seen, values | {AGREED: name_of(text)})
    return await _show(request, visitor, key, form, found)


@routes.post("/tickets/{key}/reply/template")
async def fill_template(request: Request, visitor: Visiting, key: str) -> Response:
    """Show the templates, then the reply with the one that was chosen below what was typed."""
    sent = await _store_files(request, visitor, key)
    values: dict[str, str] = request.state.form
    seen, chosen = values.get("seen") or None, values.get("template", "")
    if sent.wrong:
        return await _show(request, visitor, key, forms.invalid(values, seen, *sent.wrong))
    if not chosen:
        return await _choose(request, visitor, key, values)
    outcome = await draft_from(visitor, key, chosen)
    if not isinstance(outcome, Done):
        return await _show(request, visitor, key, forms.after(outcome, values, seen))
    filled = values | {"text": _below(values.get("text", ""), outcome.data)}
    form = Form(forms.nonce_of(values), seen, filled)
    return await _show(request, visitor, key, form, checked_of(outcome.data))


@routes.post("/tickets/{key}/reply/go-on")
async def go_on(request: Request, visitor: Visiting, key: str) -> Response:
    """Show the reply as it was before a template was to be chosen. Nothing that was typed is lost."""
    values: dict[str, str] = request.state.form
    form = Form(forms.nonce_of(values), values.get("seen") or None, values)
    return await _show(request, visitor, key, form)


async def _choose(
    request: Request, visitor: Visitor, key: str, values: Mapping[str, str]
) -> Response:
    parts = await visitor.upstream.parts(visitor.asker, {"templates": TEMPLATES})
    found = parts["templates"]
    return page(
        request,
        visitor,
        "tickets/templates.html",
        parts,
        status=status_of_part(found),
        key=key,
        part=found,
        templates=templates_of(items_of(found), visitor.reader.language),
        carried={name: value for name, value in values.items() if name not in NOT_CARRIED},
    )


async def _store_files(request: Request, visitor: Visitor, key: str) -> Sent:
    """Hand on files that were chosen meanwhile, so that the form keeps them."""
    sent = await send_files(visitor, request.state.files, files_path(key))
    request.state.form = request.state.form | sent.fields
    return sent


async def _show(
    request: Request, visitor: Visitor, key: str, form: Form, checked: Checked | None = None
) -> Response:
    return await show_ticket(request, visitor, key, {"reply": form}, checked=checked)


def _below(typed: str, draft: Mapping[str, Any]) -> str:
    return "\n\n".join(one for one in (typed.strip(), draft["text"]) if one)
