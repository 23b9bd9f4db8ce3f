"""One line for each request: who, what route, which status, how long. No body, no query, no address.

Not by structlog: its processors and the search for personal data cost more than accepting a ticket.
What is written here is safe by itself: templates of routes, numbers, and the caller's `sub`. The
lines of one turn of the event loop leave by one write.
"""

import asyncio
import json
import sys
from functools import lru_cache
from typing import Literal, TextIO

from common.now import now
from common.telemetry.redaction import redact
from common.telemetry.tracing import trace_id


class RequestLog:
    """The lines of one process. `log` may be called from the event loop only."""

    def __init__(self, service: str, form: Literal["json", "console"], stream: TextIO) -> None:
        self._service = json.dumps(service)
        self._as_json = form == "json"
        self._stream = stream
        self._lines: list[str] = []

    def log(self, method: str, route: str, status: int, seconds: float, caller: str | None) -> None:
        """Write a line. `caller` is None where nobody was recognised."""
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        at, ms = (
            f"{now().isoformat()[:-6]}Z",
            f"{seconds * 1000:.1f}",
        )  # strftime takes twice as long
        if self._as_json:
            self._lines.append(
                f'{{"event": "http.request", "timestamp": "{at}", "service": {self._service},'
                f' "trace_id": "{trace_id() or ""}", {_request(method, route, status)},'
                f' "ms": {ms}, "caller": {_caller(caller)}}}\n'
            )
        else:
            self._lines.append(f"{at} {method} {route} {status} {ms} ms {_caller(caller)}\n")

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        self._stream.write("".join(lines))
        self._stream.flush()


class _Configured:
    """The log of this process; none until configured."""

    log: RequestLog | None = None


def configure_request_log(
    service: str, form: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Write a line for each request to stderr (or `stream`) from now on."""
    _Configured.log = RequestLog(service, form, stream or sys.stderr)


def log_request(method: str, route: str, status: int, seconds: float, caller: str | None) -> None:
    """Write the line of a request, if this process writes any."""
    if _Configured.log is not None:
        _Configured.log.log(method, route, status, seconds, caller)


@lru_cache(maxsize=4096)
def _request(method: str, route: str, status: int) -> str:
    return f'"method": {json.dumps(method)}, "route": {json.dumps(route)}, "status": {status}'


@lru_cache(maxsize=4096)
def _caller(caller: str | None) -> str:
    # Some providers take an address as `sub`.
    return "null" if caller is None else json.dumps(redact(caller))
