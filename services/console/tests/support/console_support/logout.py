"""Logout tokens as an issuer signs them, or as somebody else would like them."""

from typing import Any, Final

from httpx import AsyncClient, Response
from joserfc import jwt

from common.now import now
from common.persistence.ids import uuid7
from console_support.issuer import CLIENT
from opsdesk_testing.tokens import ISSUER, signing_key

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
PATH: Final = "/back-channel-logout"


def logout_claims(**changed: Any) -> dict[str, Any]:
    """Return what a logout token says; `changed` claims are others, and left out where they are None."""
    at = int(now().timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "iat": at,
        "exp": at + 120,
        "jti": str(uuid7()),
        "events": {EVENT: {}},
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


def logout_token(*, header: dict[str, Any] | None = None, key: Any = None, **changed: Any) -> str:
    """Sign a logout token."""
    of_issuer = {"alg": "ES256", "typ": "logout+jwt", "kid": signing_key().kid}
    return jwt.encode(of_issuer | (header or {}), logout_claims(**changed), key or signing_key())


async def log_out(client: AsyncClient, token: str) -> Response:
    """Send a logout token as an issuer does: without a cookie, without an origin."""
    return await client.post(PATH, data={"logout_token": token})
