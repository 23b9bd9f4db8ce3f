"""What is said on a connection that is closed before its request reaches the app."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from common.errors import URN

MAX_HEAD_BYTES: Final = 65_536
"""Bytes of a head; of what comes with a body and is none of it, too."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said to a connection that is closed; `detail` says what to do."""

    type: str
    title: str
    detail: str

    def response(self, status: HTTPStatus) -> bytes:
        """Return the whole response."""
        problem: dict[str, Any] = {
            "type": URN + self.type,
            "title": self.title,
            "status": status.value,
            "detail": self.detail,
            "instance": "",
            "trace_id": "",
        }
        body = json.dumps(problem).encode()
        retry = "retry-after: 1\r\n" if status == HTTPStatus.SERVICE_UNAVAILABLE else ""
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\n{retry}connection: close\r\n\r\n"
        )
        return head.encode() + body


NOT_HTTP: Final = Refusal("not-http", "Not HTTP", "The request cannot be read. Send HTTP/1.1.")
SLOW_HEAD: Final = Refusal(
    "slow-request", "Too slow", "The head did not come in time. Send it whole."
)
SLOW_BODY: Final = Refusal(
    "slow-request",
    "Too slow",
    "The body did not come in time. Nothing was stored: send it again on a better line.",
)
HEAD_TOO_LARGE: Final = Refusal(
    "head-too-large", "Head too large", f"Send a head of at most {MAX_HEAD_BYTES} bytes."
)
TOO_MANY_CONNECTIONS: Final = Refusal(
    "overloaded", "Too many connections", "All connections are at work. Send it again in a moment."
)
