"""Request bodies: bounded while they arrive, and read as strictly as JSON can be."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.errors import Invalid, Malformed, TooLarge, Violation
from common.http.problems import answer

MIB = 1024 * 1024
DEEPEST = 32
"""Levels of nesting that a JSON body may have."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class BodyLimit:
    """ASGI middleware: no request body is longer than its path allows.

    `larger` maps a path prefix to its own limit in bytes. Also refuses NUL in the address.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.larger = tuple(larger.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            nul = Violation("", "nul", "leave out the NUL character in the address")
            await answer(Invalid([nul]))(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        if _announced(scope) > limit:
            await answer(TooLarge(limit))(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, limit), send)

    def _limit(self, path: str) -> int:
        for prefix, limit in self.larger:
            if path.startswith(prefix):
                return limit
        return self.limit


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _bounded(receive: Receive, limit: int) -> Receive:
    """The same messages; raises TooLarge once they are more than `limit` bytes together."""
    taken = 0

    async def receive_at_most() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLarge(limit)
        return message

    return receive_at_most


def read_json(body: bytes) -> Any:
    """The JSON value of a body, with every number finite and every string storable.

    Raises Malformed for what is no JSON or nested deeper than DEEPEST, Invalid for NUL.
    """
    if deeper_than(body, DEEPEST):
        raise Malformed(f"The body is no valid JSON, or nested deeper than {DEEPEST} levels.")
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed(f"The body is no valid JSON: {error}.") from None
    if b"\\u0000" in body:
        _refuse_nul(value)
    return value


def deeper_than(body: bytes, levels: int) -> bool:
    """Whether brackets nest deeper than that (or do not match at all). Needs no recursion."""
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    brackets = _STRINGS.sub(b"", body).translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(levels):
        # Each pass takes the innermost level away.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _refuse_nul(value: Any) -> None:
    found: list[Violation] = []
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        pointer, here = waiting.pop()
        if isinstance(here, str):
            if "\0" in here:
                found.append(Violation(pointer, "nul", "leave out the NUL character"))
        elif isinstance(here, list):
            waiting += [(f"{pointer}/{index}", entry) for index, entry in enumerate(here)]
        elif isinstance(here, dict):
            waiting += [(f"{pointer}/{key}", entry) for key, entry in here.items()]
            waiting += [(pointer, key) for key in here]
    if found:
        raise Invalid(found)


class StrictRequest(Request):
    """A request whose JSON is read by `read_json`."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json
