"""`/drafts/…`: what somebody writes is kept while they write, and thrown away when they say so."""

from typing import cast
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from common.http import state_of
from common.now import now
from console.drafts import store as drafts
from console.drafts.store import KINDS, Kind
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting

MAX_REF_CHARS = 60
MAX_CHARS = 100_000

routes = pages()


@routes.put("/drafts/{kind}/{ref}")
async def keep(request: Request, visitor: Visiting, kind: str, ref: str) -> Response:
    """Keep what was written so far, for this person alone."""
    values: dict[str, str] = request.state.form
    words = values.get("text", "")
    if len(words) > MAX_CHARS or len(ref) > MAX_REF_CHARS:
        return Response(status_code=413)
    contact = _contact(values.get("contact", ""))
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        sub = visitor.session.person.sub
        await drafts.save(tx, sub, _kind_of(kind), ref.upper(), words, contact, now())
    return Response(status_code=204)


@routes.post("/drafts/{kind}/{ref}/throw-away")
async def throw_away(request: Request, visitor: Visiting, kind: str, ref: str) -> Response:
    """Throw a draft away, and go back to where it was begun."""
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        await drafts.throw_away(tx, visitor.session.person.sub, _kind_of(kind), ref.upper())
    page = ref.lower() if kind == "new" else quote(ref, safe="")
    return RedirectResponse(f"/tickets/{page}", SEE_OTHER)


def _kind_of(kind: str) -> Kind:
    if kind not in KINDS:
        raise HTTPException(404)
    return cast(Kind, kind)


def _contact(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
