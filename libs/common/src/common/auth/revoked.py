"""What is revoked: single tokens, all tokens that a person or a client was given until an instant, and all of an
ended customer's contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from common.auth.caller import Caller
from common.errors import Problem

NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


class CustomerEnded(Problem):
    """403. The caller is a contact of a customer who was ended: nobody of theirs reads or does anything here."""

    def __init__(self) -> None:
        super().__init__(
            "customer-ended",
            "Not allowed",
            403,
            "Your organisation is no customer of ours any more, so nothing here can be read or done."
            " Write to your former contact at our side if you still need something.",
            code="CUSTOMER_ENDED",
        )


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
    tokens were issued that no longer hold. `ended_customers`: keys of those whose contacts are refused
    with any token.
    """

    token_ids: frozenset[str] = frozenset()
    people: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    clients: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    ended_customers: frozenset[str] = frozenset()

    def cover(self, token: VerifiedToken) -> bool:
        """Return whether this token is revoked."""
        return (
            token.jti in self.token_ids
            or token.issued_at <= self.people.get(token.caller.sub, float("-inf"))
            or token.issued_at <= self.clients.get(token.client or "", float("-inf"))
        )

    def check_customer(self, customer: str | None) -> None:
        """Raise CustomerEnded for a contact of an ended customer (a key); None is nobody's contact."""
        if customer in self.ended_customers:
            raise CustomerEnded()
