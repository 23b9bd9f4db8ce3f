"""The issuer of a development machine: keys in a folder, tokens for demo people and machines."""

import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from common.now import now
from common.persistence.ids import uuid7
from common.settings import LOCAL_ISSUER

DEFAULT_LIFETIME_S = 24 * 3600
ID_TOKEN_LIFETIME_S = 300
LOGOUT_TOKEN_LIFETIME_S = 120
ACCESS_TOKEN_TYPE = "at+jwt"
"""As in `common.auth.tokens`, which takes a second to import: a command needs the issuer alone."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token with its `jti`, by which it can be revoked. `expires_at`: seconds since 1970."""

    token: str
    jti: str
    expires_at: int


class LocalIssuer:
    """Signs tokens with the key in `folder`. Settings refuse it in production.

    Services verify with `folder/jwks.json`; `folder/key.json` is the private key.
    """

    def __init__(self, folder: Path, issuer: str = LOCAL_ISSUER, audience: str = "opsdesk") -> None:
        self.folder = folder
        self.issuer = issuer
        self.audience = audience
        self._key = _load_or_create_key(folder / "key.json")
        public = json.dumps({"keys": [self._key.as_dict(private=False)]}, indent=1)
        _write_atomically(self.jwks_path, public, 0o644)

    @property
    def jwks_path(self) -> Path:
        return self.folder / "jwks.json"

    def issue(
        self,
        sub: str,
        *,
        name: str | None = None,
        email: str | None = None,
        roles: tuple[str, ...] = (),
        customer: str | None = None,
        partner: str | None = None,
        scope: str | None = None,
        owner: str | None = None,
        seconds: int = DEFAULT_LIFETIME_S,
    ) -> IssuedToken:
        """Issue a token to a person (roles), a customer's contact (customer), a partner's person (partner) or a
        machine (scope).

        `owner` is the `sub` of the person who answers for a machine.
        """
        issued_at = int(now().timestamp())
        jti = str(uuid7())
        optional_claims = {
            "name": name,
            "email": email,
            "customer": customer,
            "partner": partner,
            "scope": scope,
            "owner": owner,
            "client_id": sub if scope else None,
            "auth_time": issued_at if roles else None,
        }
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": sub,
            "jti": jti,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + seconds,
            "roles": list(roles),
        } | {claim: value for claim, value in optional_claims.items() if value is not None}
        header = {"alg": "ES256", "typ": ACCESS_TOKEN_TYPE, "kid": self._key.kid}
        return IssuedToken(jwt.encode(header, claims, self._key), jti, issued_at + seconds)

    def identify(
        self, sub: str, client_id: str, nonce: str | None, access_token: str, **claims: Any
    ) -> str:
        """Issue an ID token (OpenID Connect Core 2) to a client, for the access token beside it.

        `claims` are further ones, such as `zoneinfo`; those that are None are left out.
        """
        issued_at = int(now().timestamp())
        half = sha256(access_token.encode()).digest()[:16]
        all_claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": client_id,
            "sub": sub,
            "iat": issued_at,
            "exp": issued_at + ID_TOKEN_LIFETIME_S,
            "auth_time": issued_at,
            "nonce": nonce,
            "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
        } | claims
        header = {"alg": "ES256", "typ": "JWT", "kid": self._key.kid}
        given = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(header, given, self._key)

    def identified(self, identity: str, client_id: str) -> str | None:
        """Return whose ID token this is, also after it has expired; None where it is none of ours for that client."""
        try:
            claims = jwt.decode(identity, self._key).claims
        except (JoseError, ValueError, TypeError):
            return None
        is_ours = claims.get("iss") == self.issuer and claims.get("aud") == client_id
        return str(claims["sub"]) if is_ours and "sub" in claims else None

    def logout(self, sub: str, client_id: str) -> str:
        """Issue a logout token (OIDC Back-Channel Logout 1.0, 2.4) that ends all sessions of a person at a client."""
        issued_at = int(now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": client_id,
            "sub": sub,
            "iat": issued_at,
            "exp": issued_at + LOGOUT_TOKEN_LIFETIME_S,
            "jti": str(uuid7()),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        header = {"alg": "ES256", "typ": "logout+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key)


def _load_or_create_key(path: Path) -> ECKey:
    """Load the key at `path`, created if there is none. Safe for several processes at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = ECKey.generate_key("P-256", auto_kid=True)
        draft = path.with_suffix(f".{uuid7()}.drawn")
        _write_atomically(draft, json.dumps(key.as_dict(private=True)), 0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return ECKey.import_key(json.loads(path.read_text()))


def _write_atomically(path: Path, content: str, mode: int) -> None:
    draft = path.with_suffix(f".{uuid7()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    draft.replace(path)
