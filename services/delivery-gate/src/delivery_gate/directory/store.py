"""Every query about people and contacts. Neither a name nor an address is stored of them."""

from dataclasses import asdict, dataclass
from uuid import UUID

from common.auth import Contact
from common.auth.contacts import find_contact
from common.persistence.database import Connection
from common.persistence.upsert import upsert_newer
from delivery_gate.directory.tables import contacts, people


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact as the event with this `sequence` describes it; the fields are the columns.

    `address_digests` is empty for a contact who is erased or has left.
    """

    id: UUID
    customer: str
    address_digests: list[str]
    sequence: int


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as the event with this `sequence` describes them; the fields are the columns.

    `of_partner`: who works for a partner, and is given no work of ours.
    """

    id: UUID
    sub: str
    retired: bool
    of_partner: bool
    sequence: int


async def upsert_person(tx: Connection, person: PersonRecord) -> None:
    """Store a person, unless a later event about them is stored already."""
    await upsert_newer(tx, people, asdict(person))


async def upsert_contact(tx: Connection, contact: ContactRecord) -> None:
    """Store a contact, unless a later event about it is stored already."""
    await upsert_newer(tx, contacts, asdict(contact))


async def find_contact_by_address(tx: Connection, address: str) -> Contact | None:
    """The contact with this address; None where there is none, or more than one."""
    return await find_contact(tx, address, contacts=contacts)
