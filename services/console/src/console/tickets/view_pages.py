"""`/tickets/views`: saving the filters of the list under a name, and taking such a view away."""

from typing import Final
from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.form import Form
from console.language.marked import marked
from console.tickets import filters
from console.tickets.saved_views import body_of
from console.upstream.problems import Done, Violation
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/tickets/views"
NAMELESS: Final = marked("Give it a name.")

routes = pages()


@routes.get(HERE)
async def show(request: Request, visitor: Visiting, q: str = "") -> Response:
    """Ask for the name of a view."""
    return _page(request, visitor, forms.blank(None, q=q))


@routes.post(HERE)
async def save(request: Request, visitor: Visiting) -> Response:
    """Save the filters under a name, and show the list with them."""
    values: dict[str, str] = request.state.form
    text, name = values.get("q", ""), values.get("name", "").strip()
    if not name:
        return _page(request, visitor, forms.invalid(values, None, Violation("name", NAMELESS)))
    body = body_of(name, filters.read(text), shared="shared" in values)
    outcome = await visitor.upstream.send(
        visitor.asker, "intake", "POST", "/v1/views", body, key=forms.nonce_of(values)
    )
    if isinstance(outcome, Done):
        return RedirectResponse(_list(text), SEE_OTHER)
    return _page(request, visitor, forms.after(outcome, values, None))


@routes.post(f"{HERE}/remove")
async def remove(request: Request, visitor: Visiting) -> Response:
    """Take an own view away."""
    values: dict[str, str] = request.state.form
    path = f"/v1/views/{quote(values.get('view', ''), safe='')}"
    outcome = await visitor.upstream.send(
        visitor.asker, "intake", "DELETE", path, None, key=forms.nonce_of(values)
    )
    if isinstance(outcome, Done):
        return RedirectResponse(_list(values.get("q", "")), SEE_OTHER)
    return _page(request, visitor, forms.after(outcome, values, None))


def _page(request: Request, visitor: Visitor, form: Form) -> Response:
    return page(
        request,
        visitor,
        "tickets/view.html",
        status=form.status,
        form=form,
        text=form.value("q"),
        back=_list(form.value("q")),
    )


def _list(text: str) -> str:
    return f"/tickets?{urlencode({'q': text})}" if text else "/tickets"
