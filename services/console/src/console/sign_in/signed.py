"""JWTs of the issuer: signed by its keys, by it, for us, and not expired. What kind they are, their readers check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.jwt import JWTClaimsRegistry

from common.auth.claims import CLOCK_SKEW_S
from common.auth.jwks import KeySource
from common.auth.tokens import ALGORITHMS, REGISTRY, UNREADABLE

OF_EVERY_TOKEN: Final[Mapping[str, Any]] = {"exp": {"essential": True}, "iat": {"essential": True}}


class NotBelieved(Exception):
    """A token is not what it should be. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A token that the issuer signed: its header, and what it says."""

    header: Mapping[str, Any]
    claims: dict[str, Any]


async def read_signed(
    token: str, keys: KeySource, issuer: str, client_id: str, wanted: Mapping[str, Any]
) -> Signed:
    """Return what the issuer signed for this client; `wanted` claims beside the usual ones. Raises NotBelieved."""
    of_issuer = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
    }
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise NotBelieved("its algorithm is not accepted")
        key = await keys.find(header.get("kid"))
        if key is None:
            raise NotBelieved("no key of the issuer signed it")
        claims = jwt.decode(token, key, registry=REGISTRY).claims
        claims_wanted: dict[str, Any] = {**of_issuer, **OF_EVERY_TOKEN, **wanted}
        registry = JWTClaimsRegistry(leeway=CLOCK_SKEW_S, **claims_wanted)
        registry.validate(claims)
    except UNREADABLE as error:
        raise NotBelieved(f"{type(error).__name__}: {error}"[:200]) from None
    return Signed(header, claims)
