"""HTTP connections with bounds: how many, how long a head or body may take, how long a head may be.

uvicorn has none of them. A connection that waits holds a descriptor and memory for ever; a thousand of
them, which cost their owner nothing, end a service.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from common.http.refusals import (
    HEAD_TOO_LARGE,
    MAX_HEAD_BYTES,
    NOT_HTTP,
    SLOW_BODY,
    SLOW_HEAD,
    TOO_MANY_CONNECTIONS,
    Refusal,
)
from common.telemetry import metrics

HEAD_TIMEOUT_S: Final = 10.0
"""Seconds from the connection, or from a request's first byte, to the end of its head."""
BODY_GRACE_S: Final = 20.0
MIN_BODY_BYTES_PER_S: Final = 16_384
"""A body may take the seconds of grace, and one more for each so many bytes that have arrived."""
BODY_LOOK_INTERVAL_S: Final = 2.0
WRITE_TIMEOUT_S: Final = 60.0
"""Seconds without a client taking what waits for it."""


class Part(Enum):
    """What of a request a connection is receiving."""

    NONE = auto()
    HEAD = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """The bounds of a server. `waiting` are its connections without a request being worked on, the one
    that has waited longest first."""

    connections: int
    head_s: float = HEAD_TIMEOUT_S
    body_grace_s: float = BODY_GRACE_S
    body_look_s: float = BODY_LOOK_INTERVAL_S
    write_s: float = WRITE_TIMEOUT_S
    waiting: "dict[GuardedProtocol, None]" = field(default_factory=dict)


def guarded_protocol(bounds: ConnectionBounds) -> type[asyncio.Protocol]:
    """Return a protocol class for uvicorn, all of whose connections share these bounds."""
    return type("BoundedProtocol", (GuardedProtocol,), {"bounds": bounds})


class _Timer:
    """Calls a function after some seconds, unless it is cancelled before; started again, it goes on."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._handle: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        return self._handle is not None

    def start(self, seconds: float) -> None:
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(seconds, self._fire)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._act()


class GuardedProtocol(HttpToolsProtocol):
    """One connection. What comes whole, as nearly all does, costs no timer."""

    bounds: ConnectionBounds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self._head = _Timer(self._on_slow_head)
        self._body = _Timer(self._check_body)
        self._write = _Timer(transport.abort)
        self._part = Part.NONE
        self._has_parsed = False
        self._gathered_bytes = 0
        self._body_bytes = 0
        self._body_since = 0.0
        super().connection_made(transport)
        self.bounds.waiting[self] = None
        self._time_head()
        if len(self.connections) > self.bounds.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self.bounds.waiting.pop(self, None)
        for timer in (self._head, self._body, self._write):
            timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and bound what the parser gathers without handing anything on."""
        self._has_parsed = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._gathered_bytes = 0 if self._has_parsed else self._gathered_bytes + len(data)
        if self._gathered_bytes > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HEAD_TOO_LARGE)
        elif self._part is Part.BODY:
            self._time_body()
        elif self._part is Part.HEAD or self._is_unused():
            self._time_head()

    def on_message_begin(self) -> None:
        self._part = Part.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._part, self._has_parsed, self._body_bytes = Part.BODY, True, 0
        self._head.cancel()
        self.bounds.waiting.pop(self, None)
        super().on_headers_complete()
        self.headers = []  # what follows a chunked body is no header of the request

    def on_body(self, body: bytes) -> None:
        self._has_parsed = True
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._part, self._has_parsed = Part.NONE, True
        self._body.cancel()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_unused() and not self.transport.is_closing():
            self.bounds.waiting[self] = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write.start(self.bounds.write_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._write.cancel()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, NOT_HTTP)

    def _is_unused(self) -> bool:
        """Return whether nothing is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _time_head(self) -> None:
        # An idle connection between two requests has uvicorn's own timer.
        if self.timeout_keep_alive_task is None:
            self._head.start(self.bounds.head_s)

    def _on_slow_head(self) -> None:
        if self._part is Part.NONE and self._is_unused():
            self.transport.close()  # nothing came: an answer would be taken for that to a later request
        elif self._is_unused():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, SLOW_HEAD)
        else:  # the beginning of a request behind one that is answered still
            self._time_head()

    def _time_body(self) -> None:
        if not self._body.runs:
            self._body_since = self.loop.time()
            self._body.start(self.bounds.body_look_s)

    def _check_body(self) -> None:
        self._body.start(self.bounds.body_look_s)
        if self.flow.read_paused:  # what has come is not taken yet: the slowness is ours
            self._body_since += self.bounds.body_look_s
            return
        allowed_s = self.bounds.body_grace_s + self._body_bytes / MIN_BODY_BYTES_PER_S
        if self.loop.time() - self._body_since > allowed_s:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, SLOW_BODY)

    def _make_room(self) -> None:
        """Close the connection that has waited longest; where all are at work, this new one."""
        oldest = next(iter(self.bounds.waiting))
        if oldest is self:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY_CONNECTIONS)
        else:
            del self.bounds.waiting[oldest]
            metrics.HTTP_CONNECTIONS_CLOSED.labels("displaced").inc()
            oldest.transport.close()

    def _refuse(self, status: HTTPStatus, refusal: Refusal) -> None:
        """Close the connection, with an answer unless one has begun."""
        metrics.HTTP_CONNECTIONS_CLOSED.labels(refusal.type.replace("-", "_")).inc()
        if self._is_unused() or not (self.cycle.response_started or self.pipeline):
            self.transport.write(refusal.response(status))
        self.transport.close()
