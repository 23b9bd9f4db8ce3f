"""Customers with their contacts, partners and staff, of which intake is the source. Pure.

`key` and `customer` are keys. `sequence` is the one of the last event about the record.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation that we serve; `timezone` is an IANA name, `language` two letters. `tier`, a word of the
    house such as `gold`, may be named by what is promised. It is `retired` once `ended_by` has confirmed the end that
    `end_asked_by` asked for."""

    id: UUID
    key: str
    name: str
    timezone: str
    language: str
    sequence: int = 1
    tier: str | None = None
    retired: bool = False
    end_asked_by: str | None = None
    end_asked_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes for a customer. Name, address and phone never leave intake.

    `address` is normalised, and None once the contact is erased. `registered_by` and `confirmed_by`
    are accounts of our own people, `registered_at` is since when the contact counts for the former. A `retired` contact is nobody's any more. `wants_notices`: notices of outages,
    maintenance and deliveries are mailed, as far as the house lets contacts choose. `wants_mail`: replies to
    tickets that did not come by mail are mailed, too. Mails from `other_addresses` are the contact's as
    well; answers go to `address`. `numbers` are all phone numbers in one form (E.164), by which callers are
    found.
    """

    id: UUID
    customer_id: UUID
    customer: str
    name: str
    address: str | None
    phone: str | None
    language: str
    sequence: int = 1
    registered_by: str | None = None
    registered_at: datetime | None = None
    confirmed_by: str | None = None
    retired: bool = False
    wants_mail: bool = False
    wants_notices: bool = True
    other_addresses: tuple[str, ...] = ()
    other_phones: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def counts_for(self) -> str | None:
        """For whom the contact counts where two people are needed (R1)."""
        return self.registered_by if self.confirmed_by is None else None


@dataclass(frozen=True, slots=True)
class Partner:
    """A company to which tickets are forwarded."""

    id: UUID
    key: str
    name: str
    timezone: str
    email: str | None
    sequence: int = 1
    retired: bool = False


@dataclass(frozen=True, slots=True)
class PendingChange:
    """What becomes of a person once somebody else than `requested_by` confirms it."""

    roles: tuple[str, ...]
    ends: bool
    requested_by: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; `sub` is the subject of the person's tokens.

    `changed_by` and `confirmed_by` are the two people of the last change that took two.
    """

    id: UUID
    sub: str
    name: str
    email: str
    phone: str | None
    timezone: str
    roles: tuple[str, ...]
    sequence: int = 1
    retired: bool = False
    pending: PendingChange | None = None
    changed_by: str | None = None
    confirmed_by: str | None = None
