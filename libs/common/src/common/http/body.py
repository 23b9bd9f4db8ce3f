"""Request bodies: limited in size while they arrive, parsed as strict JSON."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.errors import BadRequest, PayloadTooLarge, ValidationFailed, Violation
from common.http.problems import problem_response

MIB = 1024 * 1024
MAX_JSON_DEPTH = 32
"""Levels of nesting that a JSON body may have."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class BodyLimit:
    """ASGI middleware that refuses bodies above `limit` bytes, and NUL characters in the address.

    `limits_by_prefix` gives path prefixes a limit of their own; a `*` in one stands for one segment.
    With `discards` the app itself says so, in whatever reads the body: then so many bytes beyond the limit are still
    read and thrown away, since a browser takes no answer while it sends.
    """

    def __init__(
        self, app: ASGIApp, limit: int, limits_by_prefix: Mapping[str, int], discards: int = 0
    ) -> None:
        self.app = app
        self.limit = limit
        self.discards = discards
        self.limits_by_prefix = tuple(limits_by_prefix.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            nul = Violation("", "nul", "leave out the NUL character in the address")
            await problem_response(ValidationFailed([nul]))(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        is_larger = _content_length(scope) > limit
        if is_larger and not self.discards:
            await problem_response(PayloadTooLarge(limit))(scope, receive, send)
            return
        await self.app(scope, _limit_receive(receive, limit, self.discards, is_larger), send)

    def _limit(self, path: str) -> int:
        for prefix, limit in self.limits_by_prefix:
            if _begins(path, prefix):
                return limit
        return self.limit


def _begins(path: str, prefix: str) -> bool:
    """Whether the path begins so; one `*` stands for one segment that is not empty."""
    head, star, tail = prefix.partition("*")
    if not star or not path.startswith(head):
        return path.startswith(prefix)
    segment, slash, rest = path[len(head) :].partition("/")
    return bool(segment) and f"{slash}{rest}".startswith(tail)


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _limit_receive(receive: Receive, limit: int, discards: int, is_larger: bool) -> Receive:
    """Wrap `receive` so that it raises PayloadTooLarge after more than `limit` bytes, at once where it `is_larger`."""
    received = 0

    async def receive_at_most() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit or is_larger:
            await _discard(message, receive, discards)
            raise PayloadTooLarge(limit)
        return message

    return receive_at_most


async def _discard(message: Message, receive: Receive, at_most: int) -> None:
    """Read what still comes of a body, and keep nothing of it."""
    discarded = 0
    while message.get("more_body", False) and discarded < at_most:
        message = await receive()
        discarded += len(message.get("body", b""))


def parse_json(body: bytes) -> Any:
    """Parse a JSON body in which every number is finite and every string can be stored.

    Raises BadRequest for invalid JSON or nesting beyond MAX_JSON_DEPTH, ValidationFailed for NUL.
    """
    if nests_deeper_than(body, MAX_JSON_DEPTH):
        raise BadRequest(
            f"The body is not valid JSON, or nested deeper than {MAX_JSON_DEPTH} levels."
        )
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None
    if b"\\u0000" in body:
        _reject_nul(value)
    return value


def nests_deeper_than(body: bytes, levels: int) -> bool:
    """Return whether brackets nest deeper than `levels`, or do not match. Without recursion."""
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    brackets = _STRINGS.sub(b"", body).translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(levels):
        # Each pass removes the innermost level.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _reject_nul(value: Any) -> None:
    violations: list[Violation] = []
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        pointer, node = pending.pop()
        if isinstance(node, str):
            if "\0" in node:
                violations.append(Violation(pointer, "nul", "leave out the NUL character"))
        elif isinstance(node, list):
            pending += [(f"{pointer}/{index}", entry) for index, entry in enumerate(node)]
        elif isinstance(node, dict):
            pending += [(f"{pointer}/{key}", entry) for key, entry in node.items()]
            pending += [(pointer, key) for key in node]
    if violations:
        raise ValidationFailed(violations)


class StrictRequest(Request):
    """A request whose JSON is parsed by `parse_json`."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = parse_json(await self.body())
        return self._json
