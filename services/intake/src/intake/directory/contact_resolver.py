"""The contact for whom the portal speaks (`On-Behalf-Of`): intake is where contacts are known."""

from common.auth import Contact
from common.persistence.database import Connection
from intake.directory import store as directory


async def resolve_contact(tx: Connection, address: str) -> Contact | None:
    """The contact with this address (normalised), as a caller; None without one."""
    contact = await directory.find_contact(tx, address)
    return None if contact is None else Contact(contact.id, contact.name, contact.customer)
