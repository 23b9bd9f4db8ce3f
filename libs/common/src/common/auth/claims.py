"""From the verified claims of a token to its caller: what a token must say, and must not."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from common.auth.caller import Caller
from common.auth.permissions import CUSTOMER, PARTNER
from common.auth.revoked import VerifiedToken
from common.auth.role_names import RoleNames, ScopeNames
from common.errors import Unauthenticated

CLOCK_SKEW_S = 30
"""Seconds by which the issuer's clock and ours may differ."""
NOT_VALID = "This token is not valid here. Get a new one."
MAX_CLAIM_CHARS = 200
"""The longest text claim in characters."""
ACCESS_TOKEN_TYPE: Final = "at+jwt"
"""The `typ` of access tokens (RFC 9068), so that an ID token or another JWT of the issuer is none."""
MAX_LIFETIME_S: Final = 24 * 3600
"""Seconds from `iat` to `exp` that a token may have at most, unless the settings say otherwise."""

OUR_NAMES: Final = RoleNames()
"""The claim `roles`, with our names."""
OUR_SCOPES: Final = ScopeNames()
"""The claim `scope`, with our names."""


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """What a token must be: `type` is its `typ` header, `max_lifetime_s` bounds `exp` - `iat`, `id_claim` names the
    token, `roles` and `scopes` say where it names those and how."""

    type: str = ACCESS_TOKEN_TYPE
    max_lifetime_s: int = MAX_LIFETIME_S
    id_claim: str = "jti"
    roles: RoleNames = field(default_factory=RoleNames)
    scopes: ScopeNames = field(default_factory=ScopeNames)


def reject(detail: str, reason: str = "not_valid") -> NoReturn:
    """Raise Unauthenticated: `detail` is for the caller, `reason` for security events."""
    raise Unauthenticated(detail, reason) from None


def verified_token(claims: dict[str, Any], policy: TokenPolicy) -> VerifiedToken:
    """Return the token with these verified claims. Raises Unauthenticated, also for a long life."""
    issued_at, expires_at = _instant(claims["iat"]), _instant(claims["exp"])
    # Not `>`: whatever is compared with NaN is false.
    if not expires_at - issued_at <= policy.max_lifetime_s:
        reject(
            f"This token lives longer than {policy.max_lifetime_s} seconds. Have the issuer give"
            " shorter ones.",
            "too_long",
        )
    jti = _text_claim(claims, policy.id_claim)
    if not jti:
        reject(NOT_VALID)
    client = _text_claim(claims, "client_id") or _text_claim(claims, "azp")
    until = expires_at + CLOCK_SKEW_S
    caller = caller_from_claims(claims, policy.roles, policy.scopes)
    return VerifiedToken(caller, until, issued_at, jti, client)


def caller_from_claims(
    claims: dict[str, Any], names: RoleNames = OUR_NAMES, scope_names: ScopeNames = OUR_SCOPES
) -> Caller:
    """Return the caller for verified claims. Unknown roles and scopes are ignored.

    A contact's token names the customer, that of a partner's person the partner. Refused are a token of
    staff and contact or partner at once, and one with roles and scopes: a person has no scope, a machine
    no role; and a `sub` that pretends. The role `partner` without a partner gives nothing.
    """
    sub, customer = _text_claim(claims, "sub"), _text_claim(claims, "customer")
    partner = _text_claim(claims, "partner")
    roles = names.roles_in(claims)
    if not sub or not _is_one_party(roles, customer, partner) or _is_reserved(sub):
        reject(
            "This token does not identify a person, a contact, a partner's person or a machine."
            " Get a new one.",
            "no_identity",
        )
    scopes = scope_names.scopes_in(claims)
    if roles and scopes:
        reject(
            "This token has roles of a person and scopes of a machine. Ask for one or the other.",
            "mixed",
        )
    if partner is None:
        roles -= {PARTNER}
    return Caller(
        sub=sub,
        name=_text_claim(claims, "name") or sub,
        roles=roles,
        scopes=scopes,
        customer=customer,
        partner=partner,
        email=_text_claim(claims, "email"),
        owner=_text_claim(claims, "owner"),
        signed_in_at=_instant(claims["auth_time"]) if "auth_time" in claims else None,
        acr=_text_claim(claims, "acr"),
    )


def _is_one_party(roles: frozenset[str], customer: str | None, partner: str | None) -> bool:
    """Return whether a token is of one party: ours, one customer's, or one partner's."""
    if customer is not None or CUSTOMER in roles:
        return customer is not None and partner is None and roles == {CUSTOMER}
    return partner is None or roles == {PARTNER}


def _is_reserved(sub: str) -> bool:
    """Return whether a `sub` looks like somebody whom no token names: a contact for whom the portal
    speaks, a person at the shell, OpsDesk itself, or a caller behind a machine.
    """
    return sub == "opsdesk" or sub.startswith(("contact/", "shell:")) or ">" in sub


def _instant(value: Any) -> float:
    """Return an instant in seconds since 1970; NaN, which fits no comparison, where it is none."""
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan


def _text_claim(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None or (
        isinstance(value, str) and 0 < len(value) <= MAX_CLAIM_CHARS and value.isprintable()
    ):
        return value
    reject(f"The token's {name!r} is not plain text. Get a new one.")
