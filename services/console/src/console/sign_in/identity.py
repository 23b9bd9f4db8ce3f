"""ID tokens (OpenID Connect Core 3.1.3.7): signed by the issuer, for us, for this attempt, and fresh."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from common.auth.claims import CLOCK_SKEW_S
from common.auth.jwks import KeySource
from common.auth.tokens import ALGORITHMS, REGISTRY

MAX_AGE_S: Final = 600
"""Seconds since it was issued after which an ID token is not taken: it was just given."""


class NotBelieved(Exception):
    """An ID token is not what was asked for. The text is for the log."""


async def read_identity(
    token: str,
    keys: KeySource,
    *,
    issuer: str,
    client_id: str,
    nonce: str | None,
    access_token: str,
    at: float,
) -> dict[str, Any]:
    """Return the claims of an ID token. `at`: real seconds since 1970. Raises NotBelieved.

    `nonce` is None for one that came with a renewal, which bears none (OIDC Core 12.2).
    """
    claims = await _verified(token, keys, issuer, client_id)
    if claims.get("azp", client_id) != client_id:
        raise NotBelieved("azp is another client")
    if nonce is not None and claims.get("nonce") != nonce:
        raise NotBelieved("nonce is of another attempt")
    if at - float(claims["iat"]) > MAX_AGE_S:
        raise NotBelieved("it was issued too long ago")
    expected = claims.get("at_hash")
    if expected is not None and expected != access_hash(access_token):
        raise NotBelieved("at_hash is of another access token")
    return claims


async def _verified(token: str, keys: KeySource, issuer: str, client_id: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise NotBelieved("its algorithm is not accepted")
        key = await keys.find(header.get("kid"))
        if key is None:
            raise NotBelieved("no key of the issuer signed it")
        claims = jwt.decode(token, key, registry=REGISTRY).claims
        JWTClaimsRegistry(leeway=CLOCK_SKEW_S, **wanted).validate(claims)
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
            raise NotBelieved("it is for several, and does not say who asked")
        return claims
    except (
        JoseError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        # joserfc raises TypeError and the like for odd headers: all of them are bad tokens.
        raise NotBelieved(f"{type(error).__name__}: {error}"[:200]) from None


def access_hash(access_token: str) -> str:
    """Return the `at_hash` of an access token: the left half of SHA-256 (OIDC Core 3.1.3.6)."""
    half = sha256(access_token.encode()).digest()[:16]
    return urlsafe_b64encode(half).rstrip(b"=").decode()
