"""For whom the portal speaks. What is kept of a contact tells nobody a name or an address."""

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
    """A contact as last heard of. `address_digest` is None of who is erased or has left."""

    id: UUID
    customer: str
    address_digest: str | None
    heard: int


async def upsert(tx: Connection, contact: ContactRecord) -> None:
    """The newest word wins."""
    values = asdict(contact)
    added = insert(contacts).values(values)
    newer = contacts.c.heard < added.excluded.heard
    changed = {name: added.excluded[name] for name in values if name != "id"}
    await tx.execute(added.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))


async def find_contact_by_address(tx: Connection, address: str) -> Contact | None:
    """The contact with this address. Two that claim one (it is moving from one to the other, and
    the word of one of them is under way) are none: nobody may see another customer's data."""
    claims = contacts.c.address_digest == address_digest(address)
    rows = (await tx.execute(select(contacts.c.id, contacts.c.customer).where(claims))).all()
    return Contact(rows[0].id, UNKNOWN_NAME, rows[0].customer) if len(rows) == 1 else None
