"""Customers with their contacts, partners and staff, of which intake is the source. Pure.

`key` and `customer` are keys. `sequence` is the one of the last event about the record.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation that we serve; `timezone` is an IANA name, `language` two letters."""

    id: UUID
    key: str
    name: str
    timezone: str
    language: str
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes for a customer. Name, address and phone never leave intake.

    `address` is normalised, and None once the contact is erased. `wants_mail`: replies to tickets that
    did not come by mail are mailed, too.
    """

    id: UUID
    customer_id: UUID
    customer: str
    name: str
    address: str | None
    phone: str | None
    language: str
    sequence: int = 1
    wants_mail: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """A company to which tickets are forwarded."""

    id: UUID
    key: str
    name: str
    timezone: str
    email: str | None
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; `sub` is the subject of the person's tokens."""

    id: UUID
    sub: str
    name: str
    email: str
    phone: str | None
    timezone: str
    roles: tuple[str, ...]
    sequence: int = 1
