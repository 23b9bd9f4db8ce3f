"""`/tickets/OPS-…/reply` and `…/note`: a message with its files, sent on."""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from common.http import state_of
from console.drafts.store import throw_away
from console.files.attached import attached_ids
from console.files.sending import send_files
from console.forms import form as forms
from console.language.marked import marked
from console.tickets.checked import AGREED, Checked, is_agreed, name_of
from console.tickets.checking import check_text
from console.tickets.pages import show_ticket
from console.tickets.ticket_parts import ask, etag_of
from console.upstream.problems import Done, Violation
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

EMPTY: Final = marked("Write something first.")
Kind = Literal["reply", "note"]
VISIBILITIES: Final[Mapping[Kind, str]] = {"reply": "public", "note": "internal"}

routes = pages()


@routes.post("/tickets/{key}/reply")
async def reply(request: Request, visitor: Visiting, key: str) -> Response:
    """Send a message to the customer."""
    return await _write(request, visitor, key, "reply")


@routes.post("/tickets/{key}/note")
async def note(request: Request, visitor: Visiting, key: str) -> Response:
    """Keep a note among us: customers never see it."""
    return await _write(request, visitor, key, "note")


async def _write(request: Request, visitor: Visitor, key: str, kind: Kind) -> Response:
    """Send files, then the message on. All of it stays on the page until it is certain that it arrived."""
    values: dict[str, str] = request.state.form
    seen = values.get("seen") or None
    text = values.get("text", "").strip()
    here = f"/tickets/{quote(key, safe='')}"
    sent = await send_files(visitor, request.state.files, files_path(key))
    values = request.state.form = values | sent.fields
    wrong = sent.wrong if text else (Violation("text", EMPTY), *sent.wrong)
    if wrong:
        return await show_ticket(request, visitor, key, {kind: forms.invalid(values, seen, *wrong)})
    if kind == "reply" and not is_agreed(values, text) and not visitor.is_contact:
        found = await check_text(visitor, key, text)
        if isinstance(found, Checked) and found.findings:
            drawn = forms.found(values | {AGREED: name_of(text)}, seen)
            return await show_ticket(request, visitor, key, {kind: drawn}, checked=found)
    outcome = await visitor.upstream.send(
        visitor.asker,
        "intake",
        "POST",
        f"/v1{here}/replies",
        _body(kind, text, values),
        key=forms.nonce_of(values),
        etag=seen,
    )
    if isinstance(outcome, Done):
        async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
            await throw_away(tx, visitor.session.person.sub, kind, key.upper())
        return RedirectResponse(f"{here}?done={kind}", SEE_OTHER)
    parts = await ask(visitor, key)
    drawn = forms.after(outcome, values, etag_of(parts) or seen)
    return await show_ticket(request, visitor, key, {kind: drawn}, parts=parts)


def files_path(key: str) -> str:
    """Return where intake takes files for this ticket."""
    return f"/v1/tickets/{quote(key, safe='')}/attachments"


def _body(kind: Kind, text: str, values: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"text": text, "visibility": VISIBILITIES[kind]}
    if attached := attached_ids(values):
        body["attachments"] = attached
    if reason := values.get("overrule_reason", "").strip():
        body["overrule_reason"] = reason
    return body
