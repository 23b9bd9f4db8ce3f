"""ID tokens (OpenID Connect Core 3.1.3.7): signed by the issuer, for us, for this attempt, and fresh."""

from base64 import urlsafe_b64encode
from hashlib import sha256, sha512
from typing import Any, Final

from common.auth.jwks import KeySource
from console.sign_in.signed import NotBelieved, Signed, read_signed

MAX_AGE_S: Final = 600
"""Seconds since it was issued after which an ID token is not taken: it was just given."""


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
    signed = await _signed(token, keys, issuer, client_id)
    claims = signed.claims
    if claims.get("azp", client_id) != client_id:
        raise NotBelieved("azp is another client")
    if nonce is not None and claims.get("nonce") != nonce:
        raise NotBelieved("nonce is of another attempt")
    if at - float(claims["iat"]) > MAX_AGE_S:
        raise NotBelieved("it was issued too long ago")
    expected = claims.get("at_hash")
    if expected is not None and expected != access_hash(access_token, signed.header["alg"]):
        raise NotBelieved("at_hash is of another access token")
    return claims


async def _signed(token: str, keys: KeySource, issuer: str, client_id: str) -> Signed:
    wanted = {"sub": {"essential": True}}
    signed = await read_signed(token, keys, issuer, client_id, wanted)
    audience = signed.claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in signed.claims:
        raise NotBelieved("it is for several, and does not say who asked")
    return signed


def access_hash(access_token: str, algorithm: str = "ES256") -> str:
    """Return the `at_hash` of an access token (OIDC Core 3.1.3.6): the left half of the hash of the ID token's algorithm.

    That is SHA-256 of those in 256, and SHA-512 of EdDSA with Ed25519, as providers have it.
    """
    whole = (sha512 if algorithm == "EdDSA" else sha256)(access_token.encode()).digest()
    half = whole[: len(whole) // 2]
    return urlsafe_b64encode(half).rstrip(b"=").decode()
