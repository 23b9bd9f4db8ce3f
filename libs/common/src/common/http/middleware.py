"""The outermost middleware: traces, metrics and security headers; every error becomes a problem."""

from functools import lru_cache
from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.http.problems import problem_from_error, problem_response
from common.telemetry import metrics, span

CSP: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final[list[tuple[bytes, bytes]]] = [
    (b"content-security-policy", CSP),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000"),
]
CLIENT_CLOSED_REQUEST: Final = 499
"""The status under which a request is counted whose client went away."""
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_STORE_HEADER: Final = (b"cache-control", b"no-store")


class EdgeMiddleware:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

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
            await send(message)

        with span(scope["method"], _traceparent(scope), untrusted=True) as current_span:
            try:
                await self.app(scope, receive, send_guarded)
            except ClientDisconnect:
                status = CLIENT_CLOSED_REQUEST
            except Exception as error:
                if status:
                    raise  # Half a response is sent: closing the connection is the only way to say so.
                await problem_response(problem_from_error(error))(scope, receive, send_guarded)
            route = _route_template(scope)
            current_span.rename(f"{scope['method']} {route}")
            current_span.set("http.response.status_code", status)
        requests, seconds = _request_metrics(scope["method"], route, status)
        requests.inc()
        seconds.observe(perf_counter() - started_at)


def _route_template(scope: Scope) -> str:
    """Return the path template of the route: a label of a metric never holds an id."""
    route = scope.get("route")
    return "unmatched" if route is None else str(route.path)


@lru_cache(maxsize=4096)
def _request_metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return the metrics of a route, cached: prometheus_client takes a lock at every look-up."""
    method_label = method if method in KNOWN_METHODS else "other"
    return metrics.HTTP_REQUESTS.labels(
        method_label, route, status
    ), metrics.HTTP_REQUEST_SECONDS.labels(route)


def _with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add the headers that a response does not set itself."""
    given = {name for name, _ in headers}
    return [*headers, *(one for one in (*SECURITY_HEADERS, NO_STORE_HEADER) if one[0] not in given)]


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return str(value, "latin-1")
    return None
