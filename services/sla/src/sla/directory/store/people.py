"""The names of people, as papers and answers say them instead of their accounts."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from common.persistence.database import Connection
from sla.directory.tables import partners, people


async def names_of_accounts(tx: Connection, accounts: Collection[str]) -> Mapping[str, str]:
    """The names of those of these accounts that are members of staff, by account.

    Missing are contacts, whose names stay in intake, and people of whom nobody has told sla yet.
    """
    query = select(people.c.sub, people.c.name).where(people.c.sub.in_(accounts))
    return {row.sub: row.name for row in await tx.execute(query) if row.name}


async def name_of_partner(tx: Connection, key: str) -> str:
    """The name of a partner; its key while nobody has told sla of it."""
    return await tx.scalar(select(partners.c.name).where(partners.c.key == key)) or key
