"""From the issuer's answer to a person with tokens; and the tokens that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from common.auth.jwks import KeySource
from common.auth.tokens import Authenticator
from common.errors import Unauthenticated
from console.sessions.seal import Tokens
from console.sessions.store import Person
from console.settings import ConsoleSettings
from console.sign_in.attempt import Attempt
from console.sign_in.identity import read_identity
from console.sign_in.signed import NotBelieved
from console.upstream.issuer import IssuerClient

CALLBACK: Final = "/signed-in"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who it is, with the tokens and the moment at which the access token ends."""

    person: Person
    tokens: Tokens
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Relation:
    """The console's relation with its issuer: who it is there, and how it is asked."""

    settings: ConsoleSettings
    client: IssuerClient
    keys: KeySource
    authenticator: Authenticator

    @property
    def callback(self) -> str:
        return self.settings.console_url.rstrip("/") + CALLBACK

    def asked(self) -> dict[str, str]:
        """Return what every sign-in asks for."""
        given = self.settings
        return {
            "client_id": given.client_id,
            "redirect_uri": self.callback,
            "scope": given.scopes,
        }


def check_answer(query: Mapping[str, str], attempt: Attempt, issuer: str) -> str:
    """Return the code of the issuer's answer. Raises NotBelieved.

    `iss` is compared where it is there (RFC 9207): another issuer's answer is not ours.
    """
    if query.get("state") != attempt.state:
        raise NotBelieved("state is of another attempt")
    if query.get("iss", issuer) != issuer:
        raise NotBelieved("another issuer answers")
    code = query.get("code")
    if not code:
        raise NotBelieved(f"no code, but {query.get('error', 'nothing')[:40]}")
    return code


async def finish(relation: Relation, attempt: Attempt, code: str, at: float) -> SignedIn:
    """Get the tokens for a code, and who it is. Raises NotBelieved, IssuerRefused and IssuerAway."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": relation.callback,
        "code_verifier": attempt.verifier,
    }
    given = await relation.client.tokens(form)
    return await _read(relation, given, attempt.nonce, None, at)


async def renew(relation: Relation, person: Person, tokens: Tokens, at: float) -> SignedIn:
    """Get the next tokens of the same person. Raises NotBelieved, IssuerRefused and IssuerAway."""
    if tokens.renewal is None:
        raise NotBelieved("the issuer gave nothing to renew with")
    form = {"grant_type": "refresh_token", "refresh_token": tokens.renewal}
    given = await relation.client.tokens(form)
    renewed = await _read(relation, given, None, tokens, at)
    if renewed.person.sub != person.sub:
        raise NotBelieved("the renewal is somebody else's")
    return renewed


async def _read(
    relation: Relation,
    given: Mapping[str, Any],
    nonce: str | None,
    former: Tokens | None,
    at: float,
) -> SignedIn:
    tokens = _tokens(given, former)
    claims: Mapping[str, Any] = {}
    if given.get("id_token") is not None or former is None:
        claims = await read_identity(
            tokens.identity,
            relation.keys,
            issuer=relation.settings.issuer,
            client_id=relation.settings.client_id,
            nonce=nonce,
            access_token=tokens.access,
            at=at,
        )
    authorization = f"Bearer {tokens.access}".encode()
    try:
        # As the services will read it: who is refused there is told so now.
        caller = await relation.authenticator.authenticate(authorization)
    except Unauthenticated as refused:
        raise NotBelieved(f"the access token: {refused.detail}") from None
    if claims.get("sub", caller.sub) != caller.sub:
        raise NotBelieved("the two tokens are of two people")
    ends = relation.authenticator.expires_at(authorization)
    assert ends is not None, "a token that was just verified is known"
    person = Person(
        caller.sub,
        caller.name,
        tuple(sorted(caller.roles)),
        caller.customer,
        _text(claims, "sid"),
        _text(claims, "locale"),
        _text(claims, "zoneinfo"),
    )
    return SignedIn(person, tokens, datetime.fromtimestamp(ends, UTC))


def _tokens(given: Mapping[str, Any], former: Tokens | None) -> Tokens:
    access, identity = given.get("access_token"), given.get("id_token")
    renewal = given.get("refresh_token")
    if former is not None:
        identity, renewal = identity or former.identity, renewal or former.renewal
    if not isinstance(access, str) or not isinstance(identity, str):
        raise NotBelieved("the answer lacks a token")
    if renewal is not None and not isinstance(renewal, str):
        raise NotBelieved("the renewal is no text")
    return Tokens(access, renewal, identity)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= 200 else None
