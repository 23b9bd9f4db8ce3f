"""Tokens for tests, signed by a key that lives as long as the test process."""

from functools import cache

from joserfc import jwt
from joserfc.jwk import ECKey

from common.auth.claims import ACCESS_TOKEN_TYPE
from common.auth.jwks import FixedKeys
from common.auth.tokens import Authenticator
from common.now import now
from common.persistence.ids import uuid7

ISSUER = "urn:opsdesk:issuer:tests"
AUDIENCE = "opsdesk"
DEFAULT_LIFETIME_S = 3600

STAFF: dict[str, tuple[str, ...]] = {
    "anna": ("ops",),
    "omar": ("ops",),
    "theo": ("tom",),
    "gina": ("gm",),
    "dana": ("dm",),
    "pavel": ("po",),
    "quin": ("qc",),
    "quay": ("qc",),
    "sven": ("second_level",),
    "mia": ("second_level",),
    "hosthaven": ("partner",),
}
"""The people of the demo company and their roles."""

CONTACTS: dict[str, str] = {"jan": "acme", "britta": "brightwater"}
"""Contacts of customers, with the customer's key."""

PARTNERS: dict[str, str] = {"hosthaven": "hosthaven"}
"""People of business partners, with the partner's key."""

MACHINES: dict[str, str] = {
    "gateway": "emails:write tickets:write",
    "monitor": "alerts:write environments:report samples:write",
    "pipeline": "checks:write deliveries:write environments:report versions:write",
    "portal": "portal",
}
"""Machines and their scopes."""


@cache
def signing_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def create_authenticator() -> Authenticator:
    """Create an authenticator for the tokens of `token`."""
    return Authenticator(ISSUER, AUDIENCE, FixedKeys(signing_key()))


def token(
    sub: str,
    roles: list[str] | None = None,
    customer: str | None = None,
    scope: str | None = None,
    *,
    partner: str | None = None,
    seconds: int = DEFAULT_LIFETIME_S,
    jti: str | None = None,
    email: str | None = None,
    owner: str | None = None,
    auth_time: float | None = None,
    acr: str | None = None,
) -> str:
    """Sign a token. Without roles, customer and scope it has those of `sub` in the demo company."""
    if roles is None and customer is None and scope is None:
        customer, scope, partner = CONTACTS.get(sub), MACHINES.get(sub), PARTNERS.get(sub)
        roles = list(STAFF.get(sub, ()))
    if customer and not roles:
        roles = ["customer"]
    issued_at = int(now().timestamp())
    optional = {
        "customer": customer,
        "partner": partner,
        "scope": scope,
        "email": email,
        "owner": owner,
        "auth_time": auth_time,
        "acr": acr,
    }
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": sub,
        "name": sub.title(),
        "roles": roles or [],
        "jti": jti or str(uuid7()),
        "iat": issued_at,
        "exp": issued_at + seconds,
    } | {name: value for name, value in optional.items() if value is not None}
    key = signing_key()
    return jwt.encode({"alg": "ES256", "typ": ACCESS_TOKEN_TYPE, "kid": key.kid}, claims, key)
