"""`/presence/OPS-…`: a page says that somebody is there, and hears who else is."""

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from common.http import state_of
from common.now import now
from console.presence import store
from console.presence.store import Doing
from console.upstream.client import Get
from console.upstream.part import Here
from console.visits.pages import page
from console.visits.routes import pages
from console.visits.visitor import Visiting

routes = pages()


@routes.post("/presence/{key}")
async def say(request: Request, visitor: Visiting, key: str) -> Response:
    """Note that the visitor is at a ticket that they may see; answer with who else is, in words."""
    if visitor.is_contact:
        raise HTTPException(404)
    got = await visitor.upstream.parts(
        visitor.asker, {"ticket": Get("intake", "/v1/tickets", {"key": key, "limit": "1"})}
    )
    ticket = got["ticket"]
    if not isinstance(ticket, Here) or not ticket.data["items"]:
        raise HTTPException(404)
    key, person, at = key.upper(), visitor.session.person, now()
    doing: Doing = "writing" if request.state.form.get("doing") == "writing" else "looking"
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        await store.note(tx, key, person.sub, person.name or person.sub, doing, at)
        found = await store.others(tx, key, person.sub, at)
    return page(request, visitor, "presence/others.html", others=found)
