"""Every query about contacts. Neither a name nor an address is stored of them."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.auth import Contact, address_digest
from common.persistence.database import Connection
from delivery_gate.directory.tables import contacts

UNKNOWN_NAME = "a contact"


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact as the event with this `sequence` describes it; the fields are the columns.

    `address_digest` is None for a contact who is erased or has left.
    """

    id: UUID
    customer: str
    address_digest: str | None
    sequence: int


async def upsert(tx: Connection, contact: ContactRecord) -> None:
    """Store a contact, unless a later event about it is stored already."""
    values = asdict(contact)
    added = insert(contacts).values(values)
    newer = contacts.c.sequence < added.excluded.sequence
    changed = {name: added.excluded[name] for name in values if name != "id"}
    await tx.execute(added.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))


async def find_contact_by_address(tx: Connection, address: str) -> Contact | None:
    """The contact with this address; None where there is none, or more than one.

    Two have it while it moves from one to the other and only one event has arrived: then neither
    gets in, so that nobody sees another customer's data.
    """
    claims = contacts.c.address_digest == address_digest(address)
    rows = (await tx.execute(select(contacts.c.id, contacts.c.customer).where(claims))).all()
    return Contact(rows[0].id, UNKNOWN_NAME, rows[0].customer) if len(rows) == 1 else None
