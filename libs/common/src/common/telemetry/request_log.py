"""One line for each request: who, what route, which status, how long. No body, no query, no address.

What is written here is safe by itself: templates of routes, numbers, and the caller's `sub`.
"""

import json
from functools import lru_cache

from common.telemetry.line_log import configured_line_log
from common.telemetry.redaction import redact
from common.telemetry.tracing import trace_id


def log_request(method: str, route: str, status: int, seconds: float, caller: str | None) -> None:
    """Write the line of a request, if this process writes any. `caller` is None where nobody was recognised."""
    if (log := configured_line_log()) is not None:
        ms = f"{seconds * 1000:.1f}"
        members = f'{_request(method, route, status)}, "ms": {ms}, "caller": {_caller(caller)}'
        plain = f"{method} {route} {status} {ms} ms {_caller(caller)}"
        log.write("http.request", trace_id() or "", members, plain)


@lru_cache(maxsize=4096)
def _request(method: str, route: str, status: int) -> str:
    return f'"method": {json.dumps(method)}, "route": {json.dumps(route)}, "status": {status}'


@lru_cache(maxsize=4096)
def _caller(caller: str | None) -> str:
    # Some providers take an address as `sub`.
    return "null" if caller is None else json.dumps(redact(caller))
