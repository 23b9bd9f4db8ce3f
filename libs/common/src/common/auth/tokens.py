"""Bearer tokens: verified once, then cached until they expire or are revoked.

JWTs of an OIDC issuer (RFC 7519, RFC 8725): RS256, ES256 and EdDSA only, so that neither `none`
nor a public key used as a shared secret is accepted.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from common.auth.caller import Caller
from common.auth.claims import CLOCK_SKEW_S, NOT_VALID, TokenPolicy, reject, verified_token
from common.auth.jwks import KeySource
from common.auth.revoked import Revocations, VerifiedToken
from common.errors import Unauthenticated
from common.now import now

ALGORITHMS = ("RS256", "ES256", "EdDSA")
UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What joserfc raises for bad tokens: for odd headers also errors that are not its own."""
NOT_YET_VALID = (
    "This token is not valid yet by this machine's clock. Try again in a minute; if it stays so, the "
    "clocks of the issuer and of OpsDesk differ: tell operations."
)
MAX_CACHED_TOKENS = 20_000
"""Tokens that are cached at most; the oldest is dropped."""
MAX_TOKEN_BYTES = 8192
"""The longest token in bytes."""


_TOKEN = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class _Registry(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        # Instead of the parent's, which warns at each use that RFC 9864 renames EdDSA.
        if name not in ALGORITHMS:
            raise JoseError(f"algorithm {name!r:.20} is not accepted")
        return self.algorithms[name]


REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)
"""Verifies by our algorithms alone; for ID tokens, too."""


class Authenticator:
    """Finds the caller for an `Authorization` header.

    Times are real seconds since 1970: tokens do not live in simulated time.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: KeySource,
        policy: TokenPolicy = TokenPolicy(),  # noqa: B008 - it is frozen
    ) -> None:
        self.keys = keys
        self.policy = policy
        self.revoked = Revocations()
        self._cache: dict[bytes, VerifiedToken] = {}
        self._required_claims: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            policy.id_claim: {"essential": True},
        }

    def cached_caller(self, authorization: bytes) -> Caller | None:
        """Return the caller of a token that was verified before and has not expired."""
        cached = self._cache.get(authorization)
        if cached is None:
            return None
        if cached.expires_at <= now().timestamp():
            del self._cache[authorization]
            return None
        return cached.caller

    async def authenticate(self, authorization: bytes | None) -> Caller:
        """Return the caller for the header. Raises Unauthenticated, saying what to do, and CustomerEnded."""
        if authorization is None:
            raise Unauthenticated()
        token = _bearer_token(authorization)
        # One entry a token, however its header is spelled: nobody pushes out the others with one.
        key = b"Bearer " + token
        cached = self.cached_caller(key)
        if cached is not None:
            return cached
        verified = verified_token(await self._verify(token), self.policy)
        if self.revoked.cover(verified):
            reject("This token has been revoked. Sign in again in a minute.", "revoked")
        self.revoked.check_customer(verified.caller.customer)
        if len(self._cache) >= MAX_CACHED_TOKENS:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = verified
        return verified.caller

    def expires_at(self, authorization: bytes) -> float | None:
        """Return when a token that was verified before ends, in real seconds since 1970."""
        cached = self._cache.get(b"Bearer " + authorization.partition(b" ")[2].strip())
        return None if cached is None else cached.expires_at

    def set_revoked(self, revoked: Revocations) -> None:
        """Set what is revoked, in place of what was."""
        self.revoked = revoked
        for authorization, token in list(self._cache.items()):
            if revoked.cover(token) or token.caller.customer in revoked.ended_customers:
                del self._cache[authorization]

    def clear_cache(self) -> None:
        """Drop all cached tokens, so that they are verified again."""
        self._cache.clear()

    async def _verify(self, token: bytes) -> dict[str, Any]:
        # joserfc raises TypeError and the like for odd headers: all of them are bad tokens.
        try:
            headers = jws.extract_compact(token).headers()
            key = await self.keys.find(headers.get("kid"))
            if key is None:
                reject(
                    "The key that signed this token is unknown here. Get a token of our issuer.",
                    "unknown_key",
                )
            claims = jwt.decode(token, key, registry=REGISTRY).claims
            JWTClaimsRegistry(leeway=CLOCK_SKEW_S, **self._required_claims).validate(claims)
        except MissingClaimError as error:
            reject(f"The token lacks the claim {error.claim!r}. Have the issuer give it.", "claims")
        except ExpiredTokenError:
            reject("This token has expired. Get a new one.", "expired")
        except InvalidClaimError as error:
            is_early = error.claim in {"nbf", "iat"}
            reject(NOT_YET_VALID if is_early else NOT_VALID, "early" if is_early else "not_valid")
        except UNREADABLE:
            reject(NOT_VALID)
        if not _is_of_type(headers.get("typ"), self.policy.type):
            reject(
                f"This is no access token: its `typ` must be {self.policy.type}. Send the access token,"
                " not the ID token.",
                "wrong_type",
            )
        return claims


def _is_of_type(typ: Any, wanted: str) -> bool:
    """Return whether a `typ` header is the wanted one; "application/" may be left out (RFC 7515)."""
    return isinstance(typ, str) and typ.lower().removeprefix("application/") == wanted.lower()


def _bearer_token(authorization: bytes) -> bytes:
    """Return the token; only the one spelling of it that its issuer gives is accepted."""
    scheme, _, token = authorization.partition(b" ")
    token = token.strip()
    if scheme.lower() != b"bearer" or not token or len(token) > MAX_TOKEN_BYTES:
        raise Unauthenticated(reason="malformed")
    if not _TOKEN.fullmatch(token) or not _is_canonical(token.rpartition(b".")[2]):
        reject(NOT_VALID, "not_valid")
    return token


def _is_canonical(part: bytes) -> bool:
    """Return whether base64url without padding is as an encoder writes it: no bit of it is unused."""
    try:
        decoded = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        return False
    return urlsafe_b64encode(decoded).rstrip(b"=") == part
