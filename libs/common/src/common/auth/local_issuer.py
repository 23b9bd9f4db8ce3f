"""The issuer of a development machine: keys in a folder, tokens for demo people and machines."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from common.now import now
from common.persistence.ids import uuid7
from common.settings import LOCAL_ISSUER

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and the id under which it can be revoked. `expires_at`: seconds since 1970."""

    token: str
    jti: str
    expires_at: int


class LocalIssuer:
    """Signs tokens with the key in `folder`. Settings refuse it in production.

    `folder/jwks.json` is what services verify with; `folder/key.json` is for the owner's eyes only.
    """

    def __init__(self, folder: Path, issuer: str = LOCAL_ISSUER, audience: str = "opsdesk") -> None:
        self.folder = folder
        self.issuer = issuer
        self.audience = audience
        self._key = _kept(folder / "key.json")
        public = json.dumps({"keys": [self._key.as_dict(private=False)]}, indent=1)
        _write(self.jwks, public, 0o644)

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    def issue(
        self,
        sub: str,
        *,
        name: str | None = None,
        email: str | None = None,
        roles: tuple[str, ...] = (),
        customer: str | None = None,
        scope: str | None = None,
        seconds: int = DAY,
    ) -> Issued:
        """A token for a person (roles), a customer's contact (customer) or a machine (scope)."""
        at = int(now().timestamp())
        jti = str(uuid7())
        said = {"name": name, "email": email, "customer": customer, "scope": scope}
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": sub,
            "jti": jti,
            "iat": at,
            "nbf": at,
            "exp": at + seconds,
            "roles": list(roles),
        } | {claim: value for claim, value in said.items() if value is not None}
        header = {"alg": "ES256", "kid": self._key.kid}
        return Issued(jwt.encode(header, claims, self._key), jti, at + seconds)


def _kept(path: Path) -> ECKey:
    """The key at `path`; made when there is none, once, however many ask at the same time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = ECKey.generate_key("P-256", auto_kid=True)
        drawn = path.with_suffix(f".{uuid7()}.drawn")
        _write(drawn, json.dumps(key.as_dict(private=True)), 0o600)
        try:
            os.link(drawn, path)
        except FileExistsError:
            pass
        finally:
            drawn.unlink()
    return ECKey.import_key(json.loads(path.read_text()))


def _write(path: Path, content: str, mode: int) -> None:
    drawn = path.with_suffix(f".{uuid7()}")
    descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    drawn.replace(path)
