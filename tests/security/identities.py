"""Everybody who may knock: a token of each kind of caller, and tokens that nobody may believe."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from common.auth.permissions import PERMISSIONS, ROLES, SCOPES, STAFF
from opsdesk_testing.tokens import signing_key, token

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Identity:
    """A kind of caller. `authorization` is the header, None for none; `holds` are its roles and scopes,
    None where nobody may believe the token."""

    name: str
    authorization: str | None
    holds: frozenset[str] | None

    def headers(self) -> dict[str, str]:
        return {} if self.authorization is None else {"Authorization": self.authorization}

    def may(self, permissions: tuple[str, ...]) -> bool:
        """Return whether the table of permissions gives it all of these."""
        held = self.holds or frozenset()
        return all(not PERMISSIONS[one].isdisjoint(held) for one in permissions)


def believed() -> Iterator[Identity]:
    """Yield a contact, a partner, every role of staff, every scope, and somebody without any."""
    yield _identity("contact", ["customer"], customer="acme")
    yield _identity("partner", ["partner"], partner="hosthaven")
    for role in STAFF:
        yield _identity(role, [role])
    for scope in sorted(SCOPES):
        yield Identity(scope, f"Bearer {token('robot', scope=scope)}", frozenset({scope}))
    yield _identity("nobody in particular", [])
    # A role with the name of a scope, and a role that is not in the table, permit nothing.
    yield Identity("a scope as a role", _bearer(token("eve", roles=["alerts:write"])), frozenset())
    yield Identity("an unknown role", _bearer(token("eve", roles=["admin"])), frozenset())


def refused() -> Iterator[Identity]:
    """Yield callers without a token and with one that must not be believed, of somebody with all roles."""
    good = token("root", roles=sorted(ROLES - {"customer"}))
    forged = {
        "nothing": None,
        "no bearer": f"Basic {base64.b64encode(b'root:root').decode()}",
        "an empty bearer": "Bearer ",
        "no token": "Bearer root",
        "expired": _bearer(token("root", roles=list(STAFF), seconds=-HOUR_S)),
        "without a signature": _bearer(_unsigned(good)),
        "changed after it was signed": _bearer(_changed(good)),
        "signed by a stranger": _bearer(_signed(good, ECKey.generate_key("P-256"))),
        "signed with the public key as a secret": _bearer(_signed_with_public_key(good)),
        "of another issuer": _bearer(_signed(good, signing_key(), iss="https://evil.example")),
        "for another audience": _bearer(_signed(good, signing_key(), aud="another")),
        "without an end": _bearer(_signed(good, signing_key(), exp=None)),
        "of nobody": _bearer(_signed(good, signing_key(), sub=None)),
        "not valid yet": _bearer(_signed(good, signing_key(), nbf=4_000_000_000)),
        "staff and contact at once": _bearer(
            _signed(good, signing_key(), customer="acme", roles=["customer", "gm"])
        ),
        "staff and partner at once": _bearer(
            _signed(good, signing_key(), partner="hosthaven", roles=["partner", "gm"])
        ),
    }
    for name, authorization in forged.items():
        yield Identity(name, authorization, None)


def _identity(name: str, roles: list[str], **claims: Any) -> Identity:
    return Identity(name, _bearer(token(name.split()[0], roles=roles, **claims)), frozenset(roles))


def _bearer(text: str) -> str:
    return f"Bearer {text}"


def _signed(good: str, key: ECKey, **claims: Any) -> str:
    """Sign the good token's claims with this key, some of them replaced or, with None, left out."""
    header, changed = _part(good, 0), _part(good, 1) | claims
    given = {name: value for name, value in changed.items() if value is not None}
    return jwt.encode(header, given, key)


def _signed_with_public_key(good: str) -> str:
    """By hand: joserfc refuses to take a public key for a secret."""
    unsigned = f"{_encode(_part(good, 0) | {'alg': 'HS256'})}.{good.split('.')[1]}"
    secret = signing_key().as_pem(private=False)
    signature = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def claims_of(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token, without verifying it."""
    return _part(text, 0), _part(text, 1)


def _unsigned(good: str) -> str:
    return f"{_encode(_part(good, 0) | {'alg': 'none'})}.{good.split('.')[1]}."


def _changed(good: str) -> str:
    header, _, signature = good.split(".")
    return f"{header}.{_encode(_part(good, 1) | {'sub': 'gina'})}.{signature}"


def _part(text: str, number: int) -> dict[str, Any]:
    part = text.split(".")[number]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def _encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
