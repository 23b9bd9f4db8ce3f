"""`/live`: the stream of a browser. It says which names have changed, and whether changes are heard at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from common.auth.permissions import STAFF
from common.http import runtime_of
from common.http.drain import drain_of
from console.live.hub import Hub, Listener
from console.visits.routes import pages
from console.visits.visitor import Visiting

JOINED_S: Final = 0.2
"""What comes within this time is is_blind at once."""
BEAT_S: Final = 15
LASTS_S: Final = 60.0
"""Seconds after which a stream ends, so that the browser comes again and shows that it is still signed in: a session
that has ended hears no longer than this."""
LOOK_S: Final = 1.0
RETRY_MS: Final = 3000

routes = pages()


@routes.get("/live")
async def live(request: Request, visitor: Visiting) -> Response:
    """Stream what changes, for all pages of this browser: to a contact what is of their customer, to our own
    people everything, to nobody else anything."""
    person = visitor.session.person
    if person.customer is None and not set(person.roles) & set(STAFF):
        raise HTTPException(404)
    return Stream(request, str(visitor.session.id), person.customer)


class Stream(Response):
    """The stream of one browser."""

    def __init__(self, request: Request, session: str, customer: str | None) -> None:
        super().__init__()
        self._request, self._session, self._customer = request, session, customer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises TooManyRequests before anything is sent."""
        hub = runtime_of(self._request.app).resource(Hub)
        with hub.listening(self._session, self._customer) as listener:
            stream = EventSourceResponse(
                self._events(hub, listener),
                ping=BEAT_S,
                ping_message_factory=lambda: ServerSentEvent(event="beat", data=""),
            )
            await stream(scope, receive, send)

    async def _events(self, hub: Hub, listener: Listener) -> AsyncIterator[ServerSentEvent]:
        """Yield whether changes are heard, then names; until the service stops, or it is time to come again."""
        ends_at = asyncio.get_running_loop().time() + LASTS_S
        drain = drain_of(self._request.app)
        is_blind: bool | None = None
        while asyncio.get_running_loop().time() < ends_at and not drain.has_begun:
            if is_blind is not hub.is_blind:
                is_blind = hub.is_blind
                yield ServerSentEvent(
                    event="blind" if is_blind else "seeing", data="{}", retry=RETRY_MS
                )
            try:
                await asyncio.wait_for(listener.wait(), LOOK_S)
            except TimeoutError:
                continue
            await asyncio.sleep(JOINED_S)
            if names := listener.take():
                yield ServerSentEvent(event="changed", data=json.dumps(names))
