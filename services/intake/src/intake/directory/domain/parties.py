"""Customers and their contacts and environments, partners, staff: what intake is the source of.

Each carries the `sequence` of its last announcement. Pure.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    key: str
    name: str
    timezone: str
    language: str
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Contact:
    """Name, address and phone never leave intake; `address` is in normal form, None once erased."""

    id: UUID
    customer_id: UUID
    customer: str
    name: str
    address: str | None
    phone: str | None
    language: str
    sequence: int = 1

    @property
    def sub(self) -> str:
        """How events and the audit trail name the contact."""
        return f"contact/{self.id}"


@dataclass(frozen=True, slots=True)
class Partner:
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
