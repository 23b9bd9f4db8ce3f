"""Contacts by what a caller says: a phone number, or a name."""

from collections.abc import Sequence
from typing import Final

from common.persistence.database import Connection
from intake.directory.domain.parties import Contact
from intake.directory.store import CONTACTS
from intake.directory.tables import contacts

MAX_CALLERS: Final = 20
"""Contacts with one phone number that are looked at: a switchboard's may be many people's."""


async def find_contacts_by_number(tx: Connection, number: str) -> list[Contact]:
    """The contacts with this phone number (E.164) who have not been ended, oldest first; at most 20."""
    query = CONTACTS.query.where(contacts.c.numbers.contains([number]), ~contacts.c.retired)
    rows = await tx.execute(query.order_by(contacts.c.id).limit(MAX_CALLERS))
    return [CONTACTS.factory(row) for row in rows]


async def find_contacts_by_name(tx: Connection, words: Sequence[str]) -> list[Contact]:
    """The contacts whose name has all these words or beginnings, who have not been ended; at most 20."""
    has_all = [contacts.c.name.icontains(word, autoescape=True) for word in words]
    query = CONTACTS.query.where(~contacts.c.retired, ~contacts.c.erased, *has_all)
    rows = await tx.execute(query.order_by(contacts.c.name, contacts.c.id).limit(MAX_CALLERS))
    return [CONTACTS.factory(row) for row in rows]
