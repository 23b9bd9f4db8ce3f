"""The caller: a person, a machine, or a contact for whom the portal speaks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.auth.permissions import CUSTOMER, is_allowed
from common.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `sub` is the name in the audit trail; `behind` the machine that speaks for them.

    `customer` (the key) is set for a customer's contact, and for nobody else: such a caller sees
    that customer's data only. `email` is never written anywhere.
    """

    sub: str
    name: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    customer: str | None = None
    contact_id: UUID | None = None
    via_machine: str | None = None
    email: str | None = None

    def can_see(self, customer: str) -> bool:
        """Whether data of this customer (by key) exists for the caller. If not: 404, never 403."""
        return self.customer is None or self.customer == customer

    def has_permission(self, permission: str) -> bool:
        return is_allowed(self.roles, self.scopes, permission)

    @property
    def actor(self) -> Actor:
        """The caller as rules, commands and the audit trail know them."""
        return Actor(self.sub, self.via_machine)

    @property
    def identity(self) -> str:
        """To whom idempotency keys and request limits belong."""
        return f"{self.via_machine}>{self.sub}" if self.via_machine else self.sub


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of a customer, as the service that knows contacts tells it."""

    id: UUID
    name: str
    customer: str

    def to_caller(self, via_machine: str) -> Caller:
        """The effective caller when `behind` (a machine) speaks for this contact: no more than them."""
        return Caller(
            sub=f"contact/{self.id}",
            name=self.name,
            roles=frozenset({CUSTOMER}),
            customer=self.customer,
            contact_id=self.id,
            via_machine=via_machine,
        )


ResolveContact = Callable[[AsyncConnection, str], Awaitable[Contact | None]]
"""The contact with this e-mail address, or None. The address comes trimmed and in lower case."""


def address_digest(address: str) -> str:
    """By what services that may not know addresses recognise one: trimmed, in lower case, SHA-256.

    It confirms an address that somebody knows already, and tells nobody one that they do not.
    """
    return sha256(f"mailto:{address.strip().lower()}".encode()).hexdigest()
