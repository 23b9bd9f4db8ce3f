"""How monitors show who they are: not all of them can send `Authorization: Bearer`.

- `Authorization: Bearer TOKEN`, wherever it can be configured;
- `Authorization: Basic …`, with the token as the password (Alertmanager, Grafana, New Relic);
- `Authorization: GenieKey TOKEN` (senders of Opsgenie's API);
- `?token=TOKEN` (Splunk, which sends no header of its own; the address then is a secret);
- `routing_key` in the body (senders of PagerDuty's Events API).

The token is the same in each case: one of `opsdesk token issue` with the scope `alerts:write`.
"""

import base64
import binascii
from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Scope

from common.errors import Overloaded, Problem, TooManyRequests
from common.http.body import parse_json
from common.http.prefix_router import PrefixRouter
from common.http.route import AuthorizedRoute

PREFIX: Final = "/v1/alerts"
PREFIXES: Final = (PREFIX, "/v1/linked-systems/")
"""Where callers show their tokens in such ways."""
MAX_UNAUTHENTICATED_BYTES: Final = 512 * 1024
"""The largest body that is read to find its `routing_key`: as large as PagerDuty takes."""
PAGERDUTY_PREFIX: Final = f"{PREFIX}/pagerduty"
SECRET_KEY: Final = "opsdesk.secret_in_body"
"""The key of the ASGI scope under which a token is left that came in the body: it is not stored."""

_HEADER: Final = b"authorization"


class MonitorRoute(AuthorizedRoute):
    """Authenticates a monitor by what it can send, as `Authorization: Bearer`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def with_bearer_token(request: Request) -> Response:
            token = _token_in_address(request.scope) or _token_in_header(request.scope)
            if token is None and _may_be_in_body(request.scope):
                token = request.scope[SECRET_KEY] = await _routing_key(request)
            if token:
                _set_bearer(request.scope, token)
            try:
                return await handle(request)
            except TooManyRequests as limited:
                # Datadog sends again what is answered 5xx, and drops what is answered 429.
                raise Overloaded(int(limited.headers["Retry-After"])) from None

        return with_bearer_token


def shown_token(scope: Scope) -> bytes | None:
    """Return a monitor's token that is shown in its own way, as the header that it would be.

    None for one in a body, which is not read of those whose address has asked too often as nobody.
    """
    if not scope["path"].startswith(PREFIXES):
        return None
    token = next(iter(_tokens_in(_query_of(scope))), None) or _token_in_header(scope)
    return _bearer(token) if token else None


def monitor_router(prefix: str, tags: list[str]) -> APIRouter:
    """A router for monitors, whose routes open their own transactions."""
    return PrefixRouter(prefix, tags, MonitorRoute)


def _may_be_in_body(scope: Scope) -> bool:
    """Whether a body is read before it is known whose it is: at PagerDuty's addresses alone."""
    return scope["path"].startswith(PAGERDUTY_PREFIX) and _authorization(scope) is None


def _authorization(scope: Scope) -> bytes | None:
    return next((value for name, value in scope["headers"] if name == _HEADER), None)


def _set_bearer(scope: Scope, token: str) -> None:
    others = [(name, value) for name, value in scope["headers"] if name != _HEADER]
    scope["headers"] = [*others, (_HEADER, _bearer(token))]


def _bearer(token: str) -> bytes:
    return b"Bearer " + token.encode("latin-1", "replace")


def _token_in_address(scope: Scope) -> str | None:
    """The `token` of the query, which is taken out, so that nothing shows or stores it."""
    query = _query_of(scope)
    tokens = _tokens_in(query)
    if tokens:
        rest = [(name, value) for name, value in query if name != "token"]
        scope["query_string"] = urlencode(rest).encode()
    return tokens[0] if tokens else None


def _query_of(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _tokens_in(query: list[tuple[str, str]]) -> list[str]:
    return [value for name, value in query if name == "token"]


def _token_in_header(scope: Scope) -> str | None:
    """The token of another scheme than Bearer; None without one that is known here."""
    scheme, _, value = (_authorization(scope) or b"").decode("latin-1").strip().partition(" ")
    if scheme.lower() == "geniekey":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded.partition(":")[2]


async def _routing_key(request: Request) -> str | None:
    """The `routing_key` of a body of known, moderate size; None without one."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_UNAUTHENTICATED_BYTES:
        return None
    try:
        body = parse_json(await request.body())
    except Problem:
        return None
    key = body.get("routing_key") if isinstance(body, dict) else None
    return key if isinstance(key, str) and key.isascii() else None
