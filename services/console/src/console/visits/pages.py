"""A page as a response: with the frame of all pages, its status, and how long its parts took."""

from typing import Any, Final

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from console.language.chosen import Reader
from console.look.navigation import more, navigation
from console.look.rendering import render
from console.permitted import may, roles_with
from console.upstream.client import Parts
from console.upstream.part import Here, status_of_part
from console.upstream.people import who_of
from console.visits.visitor import Visitor

REFERRER_POLICY: Final = {"Referrer-Policy": "same-origin"}
"""With `no-referrer` browsers send `Origin: null` with our own forms."""


def page(
    request: Request,
    visitor: Visitor,
    template: str,
    parts: Parts | None = None,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """Render a page for a visitor; `parts`, where there are any, are named in `Server-Timing`.

    `who` names accounts in it, where `people` is among them; `holders` are the roles that hold a permission.
    """
    frame = {
        "visitor": visitor,
        "form_token": visitor.form,
        "navigation": navigation(request.url.path, visitor.audience),
        "more_entries": more(request.url.path, visitor.audience),
        "path": request.url.path,
        "may": lambda permission: may(visitor.session.person.roles, permission),
        "who": who_of(parts),
        "holders": roles_with,
        "asked": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    timing = {"Server-Timing": parts.server_timing} if parts else {}
    return HTMLResponse(
        render(template, visitor.reader, frame | values), status, REFERRER_POLICY | timing
    )


def not_shown(
    request: Request, visitor: Visitor, parts: Parts, name: str, key: str
) -> Response | None:
    """Render that the main part `name` of the page of `key` is missing or denied; None where it is here."""
    part, status = parts[name], status_of_part(parts[name])
    if isinstance(part, Here):
        return None
    return page(request, visitor, "look/not_shown.html", parts, status=status, key=key, part=part)


def not_permitted(
    request: Request, visitor: Visitor, permission: str, heading: str, back: str
) -> Response | None:
    """Render that the visitor may not do what the page of this `heading` is for, and who may; None where they may.

    `back`: the path of the page from which one comes.
    """
    if may(visitor.session.person.roles, permission):
        return None
    return page(
        request,
        visitor,
        "look/not_permitted.html",
        status=403,
        heading=heading,
        back=back,
        roles=roles_with(permission),
    )


def open_page(reader: Reader, template: str, *, status: int = 200, **values: Any) -> Response:
    """Render a page for somebody who is not signed in, or of whom that is not known."""
    frame: dict[str, Any] = {"visitor": None, "navigation": (), "asked": "/", "form_token": ""}
    return HTMLResponse(render(template, reader, frame | values), status, REFERRER_POLICY)


def error_page(request: Request, reader: Reader, status: int, kind: str, **values: Any) -> Response:
    """Render what went wrong, in words; `kind` is one of those that the template knows, with its `values`."""
    visitor = getattr(request.state, "visitor", None)
    if visitor is None:
        return open_page(reader, "look/error.html", status=status, kind=kind, **values)
    return page(request, visitor, "look/error.html", status=status, kind=kind, **values)
