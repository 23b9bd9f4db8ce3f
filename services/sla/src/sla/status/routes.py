"""How promises stand, for the whole company to see, and for customers their own (R4)."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated

import anyio
from fastapi import FastAPI, Header, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from common.auth import Caller, requires
from common.errors import Unauthenticated
from common.http import ResponseModel, router, streaming_router
from common.http.streaming import TOKEN_COOKIE, authorization_header
from common.persistence.database import Transaction
from sla.status.broadcaster import Board, Listener
from sla.status.domain import Status, total
from sla.status.queries import present

routes = router("/v1/status", tags=["status"])
live = streaming_router("/v1/status", tags=["status"])

BEAT = 15
"""Seconds between two heartbeats: a proxy that hears nothing for a minute hangs up."""
FAREWELL = 2.0
"""Seconds that streams get to end when the service stops."""
STALLED = 30.0
"""Seconds for which a listener may take nothing before it counts as gone."""
AGAIN_MS = 3000
RECHECK = 30.0
"""Seconds after which it is looked again whether the token still holds."""


class LineTold(ResponseModel):
    """Open promises of a customer and service. `at_risk`: not broken, but expected to break or
    near it; `likely_to_breach` among them. `breached`: broken and still open. `rag_status` sums it up: `green`,
    `amber` or `red`. `availability` of this month is a share, `met` whether what
    was promised can still be kept; null where nothing is promised."""

    customer: str
    name: str
    service: str | None
    rag_status: str
    open: int
    at_risk: int
    likely_to_breach: int
    breached: int
    next_at: datetime | None
    availability: float | None
    promised: float | None
    met: bool | None


class StatusTold(ResponseModel):
    """`at` is when it was so."""

    at: datetime
    open: int
    at_risk: int
    likely_to_breach: int
    breached: int
    lines: list[LineTold]


@routes.get("")
async def show_status(
    request: Request, tx: Transaction, caller: Annotated[Caller, requires("status:read")]
) -> StatusTold:
    """Per customer and service: open promises, at risk, breached, availability of this month (as
    it stood at most ten seconds ago)."""
    return _told(await present(tx, board_of(request.app).shares, caller.customer))


@routes.post("/session", status_code=204)
async def begin_session(
    request: Request, response: Response, caller: Annotated[Caller, requires("status:read")]
) -> None:
    """For pages: keeps the caller's token where only the stream is sent it and no script reads it."""
    given = (authorization_header(request.scope) or b"").decode("latin-1").partition(" ")[2].strip()
    response.set_cookie(
        TOKEN_COOKIE,
        given,
        path="/v1/status",
        httponly=True,
        samesite="strict",
        secure=request.app.state.settings.environment == "production",
    )


@routes.delete("/session", status_code=204)
async def end_session(
    response: Response, caller: Annotated[Caller, requires("status:read")]
) -> None:
    """Forgets the token that the page gave."""
    response.delete_cookie(TOKEN_COOKIE, path="/v1/status", httponly=True, samesite="strict")


@live.get(
    "/stream",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Until you go."}},
)
async def stream_status(
    request: Request,
    caller: Annotated[Caller, requires("status:read")],
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """The whole status as event `status`, at once and whenever it changes, at most once a second.
    Each has an id: with `Last-Event-ID` nothing is told that was heard already."""
    return Stream(request, caller, last_event_id)


def board_of(app: FastAPI) -> Board:
    """The process's one board."""
    if not hasattr(app.state, "board"):
        app.state.board = Board(app.state.database)
    board: Board = app.state.board
    return board


async def keep_status(app: FastAPI) -> None:
    """The background loop of the service: the one reader of this process."""
    await board_of(app).run()


class Stream(Response):
    """One listener's stream, from its beginning to its end: then its place is free again."""

    def __init__(self, request: Request, caller: Caller, heard: str | None) -> None:
        super().__init__()
        self._request = request
        self._caller = caller
        self._heard = heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises TooMany before anything is sent."""
        caller, ended = self._caller, anyio.Event()
        board = board_of(self._request.app)
        with board.listening(caller.identity, caller.customer) as listener:
            stream = EventSourceResponse(
                _events(listener, self._heard),
                ping=BEAT,
                ping_message_factory=lambda: ServerSentEvent(event="beat", data=""),
                send_timeout=STALLED,
                data_sender_callable=partial(_watch, self._request, listener, ended),
                shutdown_event=ended,
                shutdown_grace_period=FAREWELL,
            )
            await stream(scope, receive, send)


async def _events(listener: Listener, heard: str | None) -> AsyncIterator[ServerSentEvent]:
    while (latest := await listener.next()) is not None:
        id, written = _written(latest, listener.customer)
        if id != heard:
            heard = id
            yield ServerSentEvent(event="status", id=id, data=written, retry=AGAIN_MS)


async def _watch(request: Request, listener: Listener, ended: anyio.Event) -> None:
    """Ends the stream when the service stops, or when the token does not hold any longer."""
    while not ended.is_set() and await _still_admitted(request):
        with anyio.move_on_after(RECHECK):
            await ended.wait()
    listener.end()


async def _still_admitted(request: Request) -> bool:
    try:
        await request.app.state.people.authenticate(authorization_header(request.scope))
    except Unauthenticated:
        return False
    return True


@lru_cache(maxsize=256)
def _written(latest: Status, customer: str | None) -> tuple[str, str]:
    """Id and JSON of what an audience sees: made once for all of its listeners."""
    mine = latest.seen_by(customer)
    return mine.id, _told(mine).model_dump_json()


def _told(found: Status) -> StatusTold:
    lines = found.lines
    return StatusTold(
        at=found.at,
        open=total(lines, "open"),
        at_risk=total(lines, "at_risk"),
        likely_to_breach=total(lines, "likely_to_breach"),
        breached=total(lines, "breached"),
        lines=[LineTold.model_validate(line) for line in lines],
    )
