"""The outermost middleware: traces, metrics, log and security headers; errors become problems."""

from functools import lru_cache
from time import perf_counter
from typing import Final, Literal

from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.http.authentication import CALLER_KEY
from common.http.drain import Drain
from common.http.problems import problem_from_error, problem_response
from common.persistence.row_scope import rows_of_nobody
from common.telemetry import log_request, metrics, span

CSP: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final[list[tuple[bytes, bytes]]] = [
    (b"content-security-policy", CSP),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
]
HTTP_BAD_REQUEST: Final = 400
HTTP_SERVER_ERROR: Final = 500
CLIENT_CLOSED_REQUEST: Final = 499
"""The status under which a request is counted whose client went away."""
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_STORE_HEADER: Final = (b"cache-control", b"no-store")
CLOSE_HEADER: Final = (b"connection", b"close")
PROBES: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Routes that are asked every few seconds: logged only where the answer is an error."""


class EdgeMiddleware:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self.app = app
        self.drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_at = perf_counter()
        status = 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_security_headers(message["headers"])
                if self.drain.has_begun:
                    message["headers"].append(CLOSE_HEADER)
            await send(message)

        trace = span(scope["method"], _traceparent(scope), untrusted=True, kind=SpanKind.SERVER)
        with rows_of_nobody(), trace as current_span:
            try:
                await self.app(scope, receive, send_guarded)
            except ClientDisconnect:
                status = CLIENT_CLOSED_REQUEST
            except Exception as error:
                if status:
                    raise  # Half a response is sent: closing the connection is the only way to say so.
                await problem_response(problem_from_error(error))(scope, receive, send_guarded)
            finally:
                route = _route_template(scope)
                current_span.rename(f"{scope['method']} {route}")
                current_span.set("http.response.status_code", status)
                _record(scope, route, status, perf_counter() - started_at)


def _record(scope: Scope, route: str, status: int, seconds: float) -> None:
    """Count, measure and log a request that has ended."""
    method: str = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
    requests, histogram = _request_metrics(method, route, status)
    requests.inc()
    histogram.observe(seconds)
    if status >= HTTP_BAD_REQUEST or route not in PROBES:
        log_request(method, route, status, seconds, scope.get(CALLER_KEY))


def _route_template(scope: Scope) -> str:
    """Return the path template of the route: a label of a metric never holds an id."""
    route = scope.get("route")
    return "unmatched" if route is None else str(route.path)


@lru_cache(maxsize=4096)
def _request_metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return the metrics of a route, cached: prometheus_client takes a lock at every look-up."""
    return (
        metrics.HTTP_REQUESTS.labels(method, route, status),
        metrics.HTTP_REQUEST_SECONDS.labels(method, route, _outcome(status)),
    )


def _outcome(status: int) -> Literal["success", "refused", "failed"]:
    """Return the class of a response: how long a refusal took says nothing about the others."""
    if 0 < status < HTTP_BAD_REQUEST:
        return "success"
    is_refusal = HTTP_BAD_REQUEST <= status < HTTP_SERVER_ERROR and status != CLIENT_CLOSED_REQUEST
    return "refused" if is_refusal else "failed"


def _with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add the headers that a response does not set itself."""
    given = {name for name, _ in headers}
    return [*headers, *(one for one in (*SECURITY_HEADERS, NO_STORE_HEADER) if one[0] not in given)]


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return str(value, "latin-1")
    return None
