"""Logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6): the issuer says that a session has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from common.auth.claims import CLOCK_SKEW_S
from common.auth.jwks import KeySource
from console.sign_in.signed import NotBelieved, Signed, read_signed

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TYPES: Final = frozenset({"logout+jwt", "jwt"})
"""What `typ` may be, where it is there at all: access tokens and the like are none of them."""
MAX_TOKEN_CHARS: Final = 8192
MAX_CLAIM_CHARS: Final = 200
MAX_LIFETIME_S: Final = 24 * 3600
"""Seconds for which such a token may hold at most: for as long its `jti` has to be remembered."""


@dataclass(frozen=True, slots=True)
class Logout:
    """What ends: the session `issuer_session` of the issuer, or all of `sub`; with both, that one of theirs.

    `token_id` is good once; `expires_at`: real seconds since 1970 after which it would be refused anyway.
    """

    sub: str | None
    issuer_session: str | None
    token_id: str
    expires_at: float


async def read_logout(
    token: str, keys: KeySource, *, issuer: str, client_id: str, at: float
) -> Logout:
    """Return what a logout token ends. `at`: real seconds since 1970. Raises NotBelieved."""
    if len(token) > MAX_TOKEN_CHARS:
        raise NotBelieved("it is too long")
    signed = await read_signed(token, keys, issuer, client_id, {"jti": {"essential": True}})
    _check_kind(signed)
    claims = signed.claims
    expires_at = float(claims["exp"])
    # Not `>`: whatever is compared with NaN is false.
    if not expires_at - at <= MAX_LIFETIME_S:
        raise NotBelieved("it holds for too long")
    sub, session = _name(claims, "sub"), _name(claims, "sid")
    if sub is None and session is None:
        raise NotBelieved("it names neither a session nor a person")
    token_id = _name(claims, "jti")
    assert token_id is not None, "it is essential"
    return Logout(sub, session, token_id, expires_at + CLOCK_SKEW_S)


def _check_kind(signed: Signed) -> None:
    """Refuse ID tokens, access tokens, and whatever else the issuer signs for us."""
    typ = str(signed.header.get("typ", "JWT")).lower().removeprefix("application/")
    if typ not in TYPES:
        raise NotBelieved("its `typ` is of another kind of token")
    if "nonce" in signed.claims:
        raise NotBelieved("it has a nonce, as ID tokens do")
    events = signed.claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(EVENT), Mapping):
        raise NotBelieved("it does not say that a session has ended")


def _name(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM_CHARS or "\0" in value:
        raise NotBelieved(f"{name} is no name")
    return value
