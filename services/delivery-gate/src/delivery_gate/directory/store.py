"""For whom the portal speaks. What is kept of a contact tells nobody a name or an address."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.auth import Contact, address_digest
from common.persistence.database import Connection
from delivery_gate.directory.tables import contacts

NAMELESS = "a contact"


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as last heard of. `address_digest` is None of who is erased or has left."""

    id: UUID
    customer: str
    address_digest: str | None
    heard: int


async def know(tx: Connection, contact: Known) -> None:
    """The newest word wins."""
    told = asdict(contact)
    added = insert(contacts).values(told)
    newer = contacts.c.heard < added.excluded.heard
    changed = {name: added.excluded[name] for name in told if name != "id"}
    await tx.execute(added.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))


async def contact_at(tx: Connection, address: str) -> Contact | None:
    """The contact with this address. Two that claim one (it is moving from one to the other, and
    the word of one of them is under way) are none: nobody may see another customer's data."""
    claims = contacts.c.address_digest == address_digest(address)
    found = (await tx.execute(select(contacts.c.id, contacts.c.customer).where(claims))).all()
    return Contact(found[0].id, NAMELESS, found[0].customer) if len(found) == 1 else None
