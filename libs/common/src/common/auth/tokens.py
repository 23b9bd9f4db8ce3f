"""Bearer tokens: verified once, then cached until they expire or are revoked.

JWTs of an OIDC issuer (RFC 7519, RFC 8725): RS256, ES256 and EdDSA only, so that neither `none`
nor a public key used as a shared secret is accepted.
"""

from collections.abc import Collection
from typing import Any, NoReturn

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from common.auth.caller import Caller
from common.auth.jwks import KeySource
from common.auth.permissions import CUSTOMER, ROLES, SCOPES
from common.errors import Unauthenticated
from common.now import now

ALGORITHMS = ("RS256", "ES256", "EdDSA")
CLOCK_SKEW_S = 30
NOT_VALID = "This token is not valid here. Get a new one."
NOT_YET_VALID = (
    "This token is not valid yet by this machine's clock. Try again in a minute; if it stays so, the "
    "clocks of the issuer and of OpsDesk differ: tell operations."
)
"""Seconds by which the issuer's clock and ours may differ."""
MAX_CACHED_TOKENS = 20_000
"""Tokens that are cached at most; the oldest is dropped."""
MAX_TOKEN_BYTES = 8192
"""The longest token in bytes."""
MAX_CLAIM_CHARS = 200
"""The longest text claim in characters."""


class _Registry(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        # Instead of the parent's, which warns at each use that RFC 9864 renames EdDSA.
        if name not in ALGORITHMS:
            raise JoseError(f"algorithm {name!r:.20} is not accepted")
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


class Authenticator:
    """Finds the caller for an `Authorization` header.

    Times are real seconds since 1970: tokens do not live in simulated time.
    """

    def __init__(self, issuer: str, audience: str, keys: KeySource) -> None:
        self.keys = keys
        self.revoked_ids: frozenset[str] = frozenset()
        self._cache: dict[bytes, tuple[Caller, float, str | None]] = {}
        self._required_claims: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }

    def cached_caller(self, authorization: bytes) -> Caller | None:
        """Return the caller of a token that was verified before and has not expired."""
        cached = self._cache.get(authorization)
        if cached is None:
            return None
        if cached[1] <= now().timestamp():
            del self._cache[authorization]
            return None
        return cached[0]

    async def authenticate(self, authorization: bytes | None) -> Caller:
        """Return the caller for the header. Raises Unauthenticated, saying what to do."""
        if authorization is None:
            raise Unauthenticated()
        cached = self.cached_caller(authorization)
        if cached is not None:
            return cached
        token = _bearer_token(authorization)
        claims = await self._verify(token)
        caller = caller_from_claims(claims)
        jti = claims.get("jti")
        if jti is not None and jti in self.revoked_ids:
            raise Unauthenticated("This token has been revoked. Ask for a new one.")
        if len(self._cache) >= MAX_CACHED_TOKENS:
            del self._cache[next(iter(self._cache))]
        self._cache[authorization] = (caller, float(claims["exp"]) + CLOCK_SKEW_S, jti)
        return caller

    def set_revoked(self, token_ids: Collection[str]) -> None:
        """Set the revoked token ids (`jti`)."""
        self.revoked_ids = frozenset(token_ids)
        for authorization, (_, _, jti) in list(self._cache.items()):
            if jti in self.revoked_ids:
                del self._cache[authorization]

    def clear_cache(self) -> None:
        """Drop all cached tokens, so that they are verified again."""
        self._cache.clear()

    async def _verify(self, token: bytes) -> dict[str, Any]:
        # joserfc raises TypeError and the like for odd headers: all of them are bad tokens.
        try:
            kid = jws.extract_compact(token).headers().get("kid")
            key = await self.keys.find(kid)
            if key is None:
                _reject(
                    "The key that signed this token is unknown here. Get a token of our issuer."
                )
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
            JWTClaimsRegistry(leeway=CLOCK_SKEW_S, **self._required_claims).validate(claims)
        except ExpiredTokenError:
            _reject("This token has expired. Get a new one.")
        except InvalidClaimError as error:
            _reject(NOT_YET_VALID if error.claim in {"nbf", "iat"} else NOT_VALID)
        except (
            JoseError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ):
            _reject(NOT_VALID)
        return claims


def _reject(detail: str) -> NoReturn:
    raise Unauthenticated(detail) from None


def _bearer_token(authorization: bytes) -> bytes:
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not token or len(token) > MAX_TOKEN_BYTES:
        raise Unauthenticated()
    return token.strip()


def caller_from_claims(claims: dict[str, Any]) -> Caller:
    """Return the caller for verified claims. Unknown roles and scopes are ignored.

    A contact's token names the customer. A token of staff and contact at once is refused.
    """
    sub, customer = _text_claim(claims, "sub"), _text_claim(claims, "customer")
    roles = ROLES & _split_words(claims.get("roles"))
    if not sub or (customer is None) != (CUSTOMER not in roles) or (customer and len(roles) > 1):
        _reject("This token does not identify a person, a contact or a machine. Get a new one.")
    return Caller(
        sub=sub,
        name=_text_claim(claims, "name") or sub,
        roles=roles,
        scopes=SCOPES & _split_words(claims.get("scope")),
        customer=customer,
        email=_text_claim(claims, "email"),
        owner=_text_claim(claims, "owner"),
    )


def _text_claim(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None or (
        isinstance(value, str) and 0 < len(value) <= MAX_CLAIM_CHARS and value.isprintable()
    ):
        return value
    _reject(f"The token's {name!r} is not plain text. Get a new one.")


def _split_words(value: Any) -> frozenset[str]:
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str))
