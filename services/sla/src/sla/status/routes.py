"""The routes of the status board, for all staff, and for customers with their own lines (R4)."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated

import anyio
from fastapi import FastAPI, Header, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from common.auth import Caller, requires
from common.auth.revoked import CustomerEnded
from common.errors import Unauthenticated
from common.http import ResponseModel, Transaction, router, runtime_of, state_of, streaming_router
from common.http.streaming import authorization_header
from common.now import now
from common.runtime import Runtime
from sla.settings import SlaSettings
from sla.status.broadcaster import Listener, StatusBroadcaster
from sla.status.domain import Status, total
from sla.status.queries import load_current_status

routes = router("/v1/status", tags=["status"])
stream_routes = streaming_router("/v1/status", tags=["status"])

HEARTBEAT_INTERVAL_S = 15
"""Seconds between two heartbeats: proxies close connections that are silent for a minute."""
SHUTDOWN_GRACE_S = 2.0
"""Seconds that streams get to end when the service stops."""
SEND_TIMEOUT_S = 30.0
"""Seconds after which a listener that accepts nothing counts as gone."""
RETRY_DELAY_MS = 3000
TOKEN_CHECK_INTERVAL_S = 5.0
"""Seconds between two checks whether the token was revoked; it is asked again when it expires."""


class StatusLineRead(ResponseModel):
    """Open promises to a customer about a service. `at_risk`: not breached, but may be;
    `likely_to_breach` are among them. `breached`: breached and still open; `excused`: the same, with
    a waiver that covers it. `tickets`: open tickets, each of which may have several promises, or
    none. `next_at`: the earliest deadline that has not passed. `rag_status`: `green`, `amber`, `red`,
    or `none` where nothing is promised (`is_promised` false). `availability` of this
    month is a share, `met` whether the promised one can still be kept; null where none is agreed."""

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
    tickets: int
    excused: int
    is_promised: bool


class StatusRead(ResponseModel):
    """`at`: the instant of the status. `open` counts promises, `tickets` tickets."""

    at: datetime
    open: int
    at_risk: int
    likely_to_breach: int
    breached: int
    excused: int
    tickets: int
    lines: list[StatusLineRead]


@routes.get("")
async def get_status(
    request: Request, tx: Transaction, caller: Annotated[Caller, requires("status:read")]
) -> StatusRead:
    """Get the status of all open promises. Per customer and service: open promises, at risk,
    breached, availability of this month (as it stood at most ten seconds ago)."""
    cache = broadcaster_of(request.app).availability_for(caller.customer)
    return _to_response(await load_current_status(tx, cache, caller.customer))


@stream_routes.get(
    "/stream",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Until you go."}},
)
async def stream_status(
    request: Request,
    caller: Annotated[Caller, requires("status:read")],
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Stream the status of all open promises. Sends the whole status as event `status`, at once and
    whenever it changes, at most once a second. With `Last-Event-ID`, a status that the client has
    already is not sent again."""
    return StatusStream(request, caller, last_event_id)


def broadcaster_of(app: FastAPI) -> StatusBroadcaster:
    """The process's one broadcaster."""
    return runtime_of(app).resource(StatusBroadcaster)


async def run_status_broadcaster(runtime: Runtime[SlaSettings]) -> None:
    """Run the process's one broadcaster: a background loop of the service."""
    await runtime.resource(StatusBroadcaster).run()


class StatusStream(Response):
    """The stream of one listener. When it ends, another one may take its place."""

    def __init__(self, request: Request, caller: Caller, last_event_id: str | None) -> None:
        super().__init__()
        self._request = request
        self._caller = caller
        self._last_event_id = last_event_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises TooManyRequests before anything is sent."""
        caller, stopped = self._caller, anyio.Event()
        broadcaster = broadcaster_of(self._request.app)
        with broadcaster.subscribe(caller.identity, caller.customer) as listener:
            stream = EventSourceResponse(
                _events(listener, self._last_event_id),
                ping=HEARTBEAT_INTERVAL_S,
                ping_message_factory=lambda: ServerSentEvent(event="beat", data=""),
                send_timeout=SEND_TIMEOUT_S,
                data_sender_callable=partial(_watch, self._request, listener, stopped),
                shutdown_event=stopped,
                shutdown_grace_period=SHUTDOWN_GRACE_S,
            )
            await stream(scope, receive, send)


async def _events(listener: Listener, last_event_id: str | None) -> AsyncIterator[ServerSentEvent]:
    while (latest := await listener.next()) is not None:
        id, payload = _render(latest, listener.customer)
        if id != last_event_id:
            last_event_id = id
            yield ServerSentEvent(event="status", id=id, data=payload, retry=RETRY_DELAY_MS)


async def _watch(request: Request, listener: Listener, stopped: anyio.Event) -> None:
    """End the stream when the service stops, or when the token is no longer valid."""
    while not stopped.is_set() and await _is_still_authenticated(request):
        with anyio.move_on_after(min(TOKEN_CHECK_INTERVAL_S, _seconds_left(request))):
            await stopped.wait()
    listener.end()


async def _is_still_authenticated(request: Request) -> bool:
    try:
        authenticator = state_of(request.app).authenticator
        await authenticator.authenticate(authorization_header(request.scope))
    except (Unauthenticated, CustomerEnded):
        return False
    return True


def _seconds_left(request: Request) -> float:
    """Seconds until the token expires, a tenth at least; that it was just verified is known."""
    authorization = authorization_header(request.scope) or b""
    expires_at = state_of(request.app).authenticator.expires_at(authorization)
    return max(0.1, (expires_at or 0.0) - now().timestamp())


@lru_cache(maxsize=256)
def _render(latest: Status, customer: str | None) -> tuple[str, str]:
    """The id and JSON of what a customer sees, rendered once for all listeners of theirs."""
    visible = latest.seen_by(customer)
    return visible.id, _to_response(visible).model_dump_json()


def _to_response(current: Status) -> StatusRead:
    lines = current.lines
    return StatusRead(
        at=current.at,
        open=total(lines, "open"),
        at_risk=total(lines, "at_risk"),
        likely_to_breach=total(lines, "likely_to_breach"),
        breached=total(lines, "breached"),
        excused=total(lines, "excused"),
        tickets=total(lines, "tickets"),
        lines=[StatusLineRead.model_validate(line) for line in lines],
    )
