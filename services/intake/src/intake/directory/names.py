"""The names of those who act: people read names, not accounts and ids."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from common.persistence.database import Connection

_CONTACT: Final = "contact/"
_NAMES: Final = text(
    """
    SELECT account, name FROM staff_names(:accounts)
    UNION ALL SELECT 'contact/' || id, name FROM contacts WHERE id = ANY (:contacts)
    """
).bindparams(bindparam("accounts", type_=ARRAY(Text)), bindparam("contacts", type_=ARRAY(Uuid)))


async def of_accounts(tx: Connection, accounts: Collection[str]) -> Mapping[str, str]:
    """The names of people and contacts, by account; machines and addresses have none.

    A contact's transaction finds contacts of the own customer alone.
    """
    if not accounts:
        return {}
    contacts = [id for account in accounts if (id := _contact_id(account)) is not None]
    rows = await tx.execute(_NAMES, {"accounts": list(accounts), "contacts": contacts})
    return {row.account: row.name for row in rows}


def _contact_id(account: str) -> UUID | None:
    if not account.startswith(_CONTACT):
        return None
    try:
        return UUID(account.removeprefix(_CONTACT))
    except ValueError:
        return None
