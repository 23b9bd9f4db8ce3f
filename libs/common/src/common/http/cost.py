"""What a request costs its caller: one for itself, and more for the work that it makes."""

from typing import Final

from fastapi import Request

from common.auth.caller import Caller
from common.http.state import state_of

UNIT_MS: Final = 5
"""Milliseconds of computing that count like one request."""


async def charge(request: Request, caller: Caller, work_ms: int) -> None:
    """Count work against the caller's limit, beside the request itself. Raises TooManyRequests."""
    if cost := work_ms // UNIT_MS:
        limits = state_of(request.app).request_authenticator.limits
        await limits.count(caller.identity, cost)
