"""The names of those who act: people read names, not accounts and ids."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Connection

_NAMES: Final = text("SELECT account, name FROM names_of(:accounts)").bindparams(
    bindparam("accounts", type_=ARRAY(Text))
)


async def of_accounts(tx: Connection, accounts: Collection[str]) -> Mapping[str, str]:
    """The names of people and contacts, by account; machines and addresses have none.

    A contact's transaction finds contacts of the own customer alone.
    """
    if not accounts:
        return {}
    rows = await tx.execute(_NAMES, {"accounts": list(accounts)})
    return {row.account: row.name for row in rows}
