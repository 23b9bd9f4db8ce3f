"""Codes and renewals: each is good once, for the client and the redirect that it was given for. Pure.

Times are seconds of any clock that goes forwards.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

CODE_S: Final = 60
RENEWAL_S: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody agreed to. `family` is the sign-in that it began with."""

    person: str
    client_id: str
    redirect_uri: str
    nonce: str | None
    challenge: str
    family: str
    expires_at: float


class Grants:
    """The grants of a process."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._renewals: dict[str, Grant] = {}
        self._used: dict[str, str] = {}
        self._ended: set[str] = set()

    def give_code(self, person: str, query: Mapping[str, str], at: float) -> str:
        """Return a code for a request whose parameters were checked."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(
            person,
            query["client_id"],
            query["redirect_uri"],
            query.get("nonce"),
            query["code_challenge"],
            secrets.token_urlsafe(12),
            at + CODE_S,
        )
        return code

    def redeem(self, form: Mapping[str, str], at: float) -> Grant | None:
        """Return what a code was given for; None where it is not good. A second use ends its renewals."""
        code = form.get("code", "")
        if code in self._used:
            self._ended.add(self._used[code])
            return None
        grant = self._codes.pop(code, None)
        if grant is None:
            return None
        self._used[code] = grant.family
        is_theirs = (grant.client_id, grant.redirect_uri) == (
            form.get("client_id"),
            form.get("redirect_uri"),
        )
        proves = s256(form.get("code_verifier", "")) == grant.challenge
        return grant if is_theirs and proves and at < grant.expires_at else None

    def give_renewal(self, grant: Grant, at: float) -> str:
        """Return what gets the next tokens, once."""
        renewal = secrets.token_urlsafe(24)
        self._renewals[renewal] = replace(grant, nonce=None, expires_at=at + RENEWAL_S)
        return renewal

    def renew(self, form: Mapping[str, str], at: float) -> Grant | None:
        """Return what a renewal was given for; None where it is not good. A second use ends the sign-in."""
        renewal = form.get("refresh_token", "")
        if renewal in self._used:
            self._ended.add(self._used[renewal])
            return None
        grant = self._renewals.pop(renewal, None)
        if grant is None or grant.client_id != form.get("client_id"):
            return None
        self._used[renewal] = grant.family
        return grant if grant.family not in self._ended and at < grant.expires_at else None

    def end_all(self, person: str) -> None:
        """End every sign-in of a person: nothing of theirs is renewed any more."""
        self._ended |= {one.family for one in self._renewals.values() if one.person == person}


def s256(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
