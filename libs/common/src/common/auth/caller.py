"""The caller: a person, a machine, or a contact for whom the portal speaks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.auth.permissions import CUSTOMER, may


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
    behind: str | None = None
    email: str | None = None

    def sees(self, customer: str) -> bool:
        """Whether data of this customer (by key) exists for the caller. If not: 404, never 403."""
        return self.customer is None or self.customer == customer

    def has(self, permission: str) -> bool:
        return may(self.roles, self.scopes, permission)

    @property
    def identity(self) -> str:
        """To whom idempotency keys and request limits belong."""
        return f"{self.behind}>{self.sub}" if self.behind else self.sub


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of a customer, as the service that knows contacts tells it."""

    id: UUID
    name: str
    customer: str

    def caller(self, behind: str) -> Caller:
        """The effective caller when `behind` (a machine) speaks for this contact: no more than them."""
        return Caller(
            sub=f"contact/{self.id}",
            name=self.name,
            roles=frozenset({CUSTOMER}),
            customer=self.customer,
            contact_id=self.id,
            behind=behind,
        )


ResolveContact = Callable[[AsyncConnection, str], Awaitable[Contact | None]]
"""The contact with this e-mail address, or None. The address comes trimmed and in lower case."""


def address_digest(address: str) -> str:
    """By what services that may not know addresses recognise one: trimmed, in lower case, SHA-256.

    It confirms an address that somebody knows already, and tells nobody one that they do not.
    """
    return sha256(f"mailto:{address.strip().lower()}".encode()).hexdigest()
