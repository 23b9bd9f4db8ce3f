"""Bearer tokens: verified once, then remembered until they expire or are revoked.

JWTs of an OIDC issuer (RFC 7519, RFC 8725): RS256, ES256 and EdDSA only, so that neither `none`
nor a public key taken for a shared secret opens anything.
"""

from collections.abc import Collection
from typing import Any, NoReturn

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from common.auth.caller import Caller
from common.auth.jwks import Keys
from common.auth.permissions import CUSTOMER, ROLES, SCOPES
from common.errors import Unauthenticated
from common.now import now

ALGORITHMS = ("RS256", "ES256", "EdDSA")
SKEW = 30
"""Seconds by which the issuer's clock and ours may differ."""
REMEMBERED = 20_000
"""Tokens remembered at most; the oldest gives way."""
LONGEST = 8192
"""Bytes that a token may have."""
FIELD = 200
"""Characters that a name in a token may have."""


class _Registry(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        # Not the parent's: it warns at each use that RFC 9864 renames EdDSA; issuers still say so.
        if name not in ALGORITHMS:
            raise JoseError(f"algorithm {name!r:.20} is not accepted")
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


class People:
    """Turns an `Authorization` header into a Caller.

    `revoke` forgets tokens at once; `forget` forgets all, when the issuer withdraws a key. Times are
    real seconds since 1970: tokens do not live in simulated time.
    """

    def __init__(self, issuer: str, audience: str, keys: Keys) -> None:
        self.keys = keys
        self.revoked: frozenset[str] = frozenset()
        self._known: dict[bytes, tuple[Caller, float, str | None]] = {}
        self._claims: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }

    def remembered(self, authorization: bytes) -> Caller | None:
        """The caller of a token verified before, while it lasts. Costs a microsecond."""
        known = self._known.get(authorization)
        if known is None:
            return None
        if known[1] <= now().timestamp():
            del self._known[authorization]
            return None
        return known[0]

    async def authenticate(self, authorization: bytes | None) -> Caller:
        """The caller of this header's token. Raises Unauthenticated, saying what to do."""
        if authorization is None:
            raise Unauthenticated()
        known = self.remembered(authorization)
        if known is not None:
            return known
        token = _bearer(authorization)
        claims = await self._verified(token)
        caller = caller_of(claims)
        jti = claims.get("jti")
        if jti is not None and jti in self.revoked:
            raise Unauthenticated("This token has been revoked. Ask for a new one.")
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[authorization] = (caller, float(claims["exp"]) + SKEW, jti)
        return caller

    def revoke(self, tokens: Collection[str]) -> None:
        """These token ids (`jti`), and no others, are revoked from now on."""
        self.revoked = frozenset(tokens)
        for authorization, (_, _, jti) in list(self._known.items()):
            if jti in self.revoked:
                del self._known[authorization]

    def forget(self) -> None:
        """Verify every token anew."""
        self._known.clear()

    async def _verified(self, token: bytes) -> dict[str, Any]:
        # joserfc lets odd headers surface as TypeError and the like: all of them are bad tokens.
        try:
            kid = jws.extract_compact(token).headers().get("kid")
            key = await self.keys.find(kid)
            if key is None:
                _refuse(
                    "The key that signed this token is unknown here. Get a token of our issuer."
                )
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
            JWTClaimsRegistry(leeway=SKEW, **self._claims).validate(claims)
        except ExpiredTokenError:
            _refuse("This token has expired. Get a new one.")
        except (
            JoseError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ):
            _refuse("This token is not valid here. Get a new one.")
        return claims


def _refuse(detail: str) -> NoReturn:
    raise Unauthenticated(detail) from None


def _bearer(authorization: bytes) -> bytes:
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not token or len(token) > LONGEST:
        raise Unauthenticated()
    return token.strip()


def caller_of(claims: dict[str, Any]) -> Caller:
    """The caller that verified claims speak of. Unknown roles and scopes count for nothing.

    A contact's token names its customer; a token that is half staff and half contact is refused.
    """
    sub, customer = _text(claims, "sub"), _text(claims, "customer")
    roles = ROLES & _words(claims.get("roles"))
    if not sub or (customer is None) != (CUSTOMER not in roles) or (customer and len(roles) > 1):
        _refuse("This token does not say clearly for whom it stands. Get a new one.")
    return Caller(
        sub=sub,
        name=_text(claims, "name") or sub,
        roles=roles,
        scopes=SCOPES & _words(claims.get("scope")),
        customer=customer,
        email=_text(claims, "email"),
    )


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None or (
        isinstance(value, str) and 0 < len(value) <= FIELD and value.isprintable()
    ):
        return value
    _refuse(f"The token's {name!r} is no plain text. Get a new one.")


def _words(value: Any) -> frozenset[str]:
    listed = value.split() if isinstance(value, str) else value
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(word for word in listed if isinstance(word, str))
