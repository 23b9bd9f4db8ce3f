"""An issuer that does as a test says: well, or with malice."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import httpx
from joserfc import jwt

from common.now import now
from console.sign_in.identity import access_hash
from opsdesk_testing.tokens import ISSUER, signing_key, token

CLIENT = "opsdesk-console"


@dataclass
class FakeIssuer(httpx.AsyncBaseTransport):
    """The token endpoint. `claims` replace those of ID tokens; None leaves a claim out."""

    person: str = "anna"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Any = None
    access: str | None = None
    access_seconds: int = 600
    answer: httpx.Response | Exception | None = None
    nonces: dict[str, str] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    identity: str | None = None

    def agree(self, query: Mapping[str, str], code: str = "code-1") -> str:
        """Let the person sign in for a request to the authorization endpoint. Returns the code."""
        self.nonces[code] = query["nonce"]
        self.challenges[code] = query["code_challenge"]
        return code

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode()))
        self.asked.append(form)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        code = form.get("code") or form.get("refresh_token", "")
        if code in self.used or not self._proves(form):
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.used.add(code)
        return httpx.Response(200, json=self._tokens(self.nonces.get(code)))

    def _proves(self, form: Mapping[str, str]) -> bool:
        if form["grant_type"] == "refresh_token":
            return form["refresh_token"].startswith("renewal-")
        digest = sha256(form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.challenges.get(form["code"]) == challenge

    def _tokens(self, nonce: str | None) -> dict[str, Any]:
        access = self.access or token(self.person, seconds=self.access_seconds)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "refresh_token": f"renewal-{len(self.used)}",
            "id_token": self.identity or self.identify(access, nonce),
        }

    def identify(self, access: str, nonce: str | None) -> str:
        """Sign an ID token."""
        issued_at = int(now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": self.person,
            "iat": issued_at,
            "exp": issued_at + 300,
            "nonce": nonce,
            "at_hash": access_hash(access),
        } | self.claims
        given = {name: value for name, value in claims.items() if value is not None}
        key = self.key or signing_key()
        header = {"alg": "ES256", "typ": "JWT", "kid": signing_key().kid} | self.header
        return jwt.encode(header, given, key)
