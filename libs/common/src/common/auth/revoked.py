"""What is revoked: single tokens, and all tokens that a person or a client was given until an instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from common.auth.caller import Caller

NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that was verified: whose it is, until when, and by what it can be revoked.

    Instants are real seconds since 1970. `client` is the client to which the issuer gave it.
    """

    caller: Caller
    expires_at: float
    issued_at: float
    jti: str
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Revocations:
    """Revoked tokens by `jti`; persons by `sub` and clients by id, each with the instant until which
    tokens were issued that no longer hold.
    """

    token_ids: frozenset[str] = frozenset()
    people: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    clients: Mapping[str, float] = field(default_factory=lambda: NOTHING)

    def cover(self, token: VerifiedToken) -> bool:
        """Return whether this token is revoked."""
        return (
            token.jti in self.token_ids
            or token.issued_at <= self.people.get(token.caller.sub, float("-inf"))
            or token.issued_at <= self.clients.get(token.client or "", float("-inf"))
        )
