"""The caller of a request: a person, a machine, or a contact for whom the portal speaks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.auth.permissions import CUSTOMER, is_allowed
from common.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request. `sub` identifies them; `via_machine` is the machine that speaks for them.

    `customer` (a key) is set for a customer's contact and for nobody else: such a caller sees that
    customer's data only. `partner` (a key) is set for a business partner's person: such a caller sees
    that partner's own contracts only, and no customer's data. Of `email` a digest is stored, by which the accounts of one person are
    known (`common.auth.persons`). `owner` is the account of the person who answers for a machine.
    `signed_in_at` (real seconds since 1970) and `acr` say when and how the person has signed in, None
    where the token does not say so.
    """

    sub: str
    name: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    customer: str | None = None
    partner: str | None = None
    contact_id: UUID | None = None
    via_machine: str | None = None
    email: str | None = None
    owner: str | None = None
    signed_in_at: float | None = None
    acr: str | None = None

    def can_see(self, customer: str) -> bool:
        """Return whether the caller may see data of this customer (a key). If not: 404, never 403."""
        return self.partner is None and self.customer in (None, customer)

    @property
    def is_outsider(self) -> bool:
        """Whether the caller is a customer's contact or a partner's person, not one of ours or a machine."""
        return self.customer is not None or self.partner is not None

    def has_permission(self, permission: str) -> bool:
        return is_allowed(self.roles, self.scopes, permission)

    @property
    def actor(self) -> Actor:
        """The caller for commands, rules and the audit trail."""
        return Actor(self.sub, self.via_machine)

    @property
    def identity(self) -> str:
        """Whose idempotency keys and rate limits apply."""
        return f"{self.via_machine}>{self.sub}" if self.via_machine else self.sub


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of a customer."""

    id: UUID
    name: str
    customer: str

    def to_caller(self, via_machine: str) -> Caller:
        """Return the effective caller when a machine speaks for this contact, with their rights only."""
        return Caller(
            sub=f"contact/{self.id}",
            name=self.name,
            roles=frozenset({CUSTOMER}),
            customer=self.customer,
            contact_id=self.id,
            via_machine=via_machine,
        )


ResolveContact = Callable[[AsyncConnection, str], Awaitable[Contact | None]]
"""Finds the contact with an e-mail address (trimmed, in lower case), or None."""


def address_digest(address: str) -> str:
    """Hash an address (trimmed, in lower case, SHA-256) for services that may not know addresses.

    Confirms a known address; never returns one.
    """
    return sha256(f"mailto:{address.strip().lower()}".encode()).hexdigest()
