"""Contacts in services that may not know their names and addresses."""

from typing import Final

from sqlalchemy import ARRAY, Table, Text, literal, select

from common.auth.caller import Contact, address_digest
from common.events.directory import ContactKnown
from common.persistence.database import Connection

UNKNOWN_NAME: Final = "a contact"
"""What a contact is called where names stay in intake."""


def address_digests(event: ContactKnown) -> list[str]:
    """Return the digests of all addresses by which somebody may speak for a contact; none of one who is gone."""
    if event.erased or event.retired or event.address_digest is None:
        return []
    return list(dict.fromkeys((event.address_digest, *event.other_address_digests)))


async def find_contact(tx: Connection, address: str, *, contacts: Table) -> Contact | None:
    """The contact with this address, by its digest in `contacts` (id, customer, address_digests).

    None where two contacts have it: an address moves from one to the other while the event about
    one of them is under way, and nobody may see another customer's data.
    """
    has_address = contacts.c.address_digests.op("@>")(
        literal([address_digest(address)], ARRAY(Text))
    )
    rows = (await tx.execute(select(contacts.c.id, contacts.c.customer).where(has_address))).all()
    return Contact(rows[0].id, UNKNOWN_NAME, rows[0].customer) if len(rows) == 1 else None
