"""The files of messages, and the HTML of mails: never as a page of ours."""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from console.files.formatted import document
from console.upstream.client import Get
from console.upstream.part import Denied, Missing, Part, items_of
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

BARE: Final = "default-src 'none'; sandbox; frame-ancestors 'self'"
"""The HTML of a mail: no script, no form, no address of anybody else's, and only in a frame of ours."""
WITH_FRAME: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"
)

routes = pages()


@routes.get("/tickets/{key}/messages/{message}/files/{number}")
async def download(
    visitor: Visiting, key: str, message: UUID, number: int, look: bool = False
) -> Response:
    """Hand a file on, piece by piece: to be saved, or with `look` a picture whose own bytes say that it is one."""
    path = f"/v1/tickets/{quote(key, safe='')}/messages/{message}/attachments/{number}"
    query = {"inline": "true"} if look else {}
    found = await visitor.upstream.download(visitor.asker, Get("intake", path, query))
    if found is None:
        raise HTTPException(404)
    return found


@routes.get("/tickets/{key}/messages/{message}/formatted")
async def show_formatted(
    request: Request, visitor: Visiting, key: str, message: UUID, after: str | None = None
) -> Response:
    """Show a mail as its sender formatted it, in a frame that may do nothing."""
    part = await _messages(visitor, key, after)
    shown = page(
        request,
        visitor,
        "files/formatted.html",
        status=_status(part, message),
        key=key,
        message=str(message),
        after=after,
        part=part if isinstance(part, Missing) else None,
        is_there=_html(part, message) is not None,
    )
    shown.headers["Content-Security-Policy"] = WITH_FRAME
    return shown


@routes.get("/tickets/{key}/messages/{message}/html")
async def html(visitor: Visiting, key: str, message: UUID, after: str | None = None) -> Response:
    """The HTML of a mail, as intake cleaned it, for the frame."""
    part = await _messages(visitor, key, after)
    found = _html(part, message) or ""
    headers = {"Content-Security-Policy": BARE}
    return HTMLResponse(document(found), _status(part, message), headers)


async def _messages(visitor: Visitor, key: str, after: str | None) -> Part:
    """Ask for the messages that begin at this cursor."""
    query = {"limit": "200"} | ({"cursor": after} if after else {})
    get = Get("intake", f"/v1/tickets/{quote(key, safe='')}/messages", query)
    return (await visitor.upstream.parts(visitor.asker, {"messages": get}))["messages"]


def _html(part: Part, message: UUID) -> str | None:
    found = next((one for one in items_of(part) if one["id"] == str(message)), None)
    return None if found is None else found.get("html")


def _status(part: Part, message: UUID) -> int:
    if isinstance(part, Missing):
        return 503
    if isinstance(part, Denied):
        return part.status
    return 404 if _html(part, message) is None else 200
