"""Limits for those who are nobody: requests without a valid token, whatever they ask for.

They are counted by address. An address beyond the limit is answered where it shows a valid token, and
nowhere else: so a stranger's requests cost little, and lock out nobody who is behind the same address. A request to
which a service itself has invited, by a signed link, is answered as one with a token is.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from common.errors import TooManyRequests
from common.http.authentication import CALLER_KEY, COUNTED_KEY, RequestAuthenticator
from common.http.problems import problem_response
from common.http.streaming import authorization_header


class UnknownCallers:
    """ASGI middleware around whatever answers requests of callers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        requests: RequestAuthenticator = scope["app"].state.opsdesk.request_authenticator
        if requests.limits.blocked:
            try:
                await _check_blocked(requests, scope)
            except TooManyRequests as problem:
                await problem_response(problem)(scope, receive, send)
                return
        try:
            await self.app(scope, receive, send)
        finally:
            if CALLER_KEY not in scope and COUNTED_KEY not in scope:
                await _count(requests, scope)


async def _check_blocked(requests: RequestAuthenticator, scope: Scope) -> None:
    try:
        requests.limits.check_blocked(requests.addresses.of(scope))
    except TooManyRequests:
        is_invited = scope["app"].state.opsdesk.service.is_invited
        if is_invited is not None and is_invited(scope):
            return
        if not await requests.has_valid_token(_shown_token(scope)):
            raise


def _shown_token(scope: Scope) -> bytes | None:
    find_token = scope["app"].state.opsdesk.service.find_token
    found: bytes | None = find_token(scope) if find_token else None
    return authorization_header(scope) if found is None else found


async def _count(requests: RequestAuthenticator, scope: Scope) -> None:
    header = authorization_header(scope)
    if header is None or requests.authenticator.cached_caller(header) is None:
        await requests.limits.count_unknown(requests.addresses.of(scope))
