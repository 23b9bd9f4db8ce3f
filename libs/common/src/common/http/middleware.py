"""The outermost layer: a trace for every request, its metrics, security headers, no bare error."""

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
"""How a caller that went away is counted: nobody is left to answer."""
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
                    raise  # Half an answer is out: only cutting the connection tells the truth.
                await problem_response(problem_from_error(error))(scope, receive, send_guarded)
            route = _route_template(scope)
            current_span.rename(f"{scope['method']} {route}")
            current_span.set("http.response.status_code", status)
        requests, seconds = _request_metrics(scope["method"], route, status)
        requests.inc()
        seconds.observe(perf_counter() - started_at)


def _route_template(scope: Scope) -> str:
    """The route's template, so that a label never holds an id."""
    route = scope.get("route")
    return "unmatched" if route is None else str(route.path)


@lru_cache(maxsize=4096)
def _request_metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Looked up once: prometheus_client takes a lock and a tuple of strings at every look."""
    method_label = method if method in KNOWN_METHODS else "other"
    return metrics.HTTP_REQUESTS.labels(
        method_label, route, status
    ), metrics.HTTP_REQUEST_SECONDS.labels(route)


def _with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A page that brings a policy or a caching rule of its own keeps it."""
    given = {name for name, _ in headers}
    return [*headers, *(one for one in (*SECURITY_HEADERS, NO_STORE_HEADER) if one[0] not in given)]


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return str(value, "latin-1")
    return None
