"""Whose work a follow-up is: who was given it, else who asked for what was refused or applied what cannot be explained.

Of a machine that asked for a delivery it is whoever answers for the machine. A drift was asked for by nobody: its
investigation is everybody's, until it is given to somebody.
"""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, TextClause, Uuid, bindparam, text

from common.persistence.database import Connection

OWNERS: Final = (
    "CASE WHEN f.owner IS NOT NULL THEN ARRAY[f.owner] ELSE ARRAY[d.requested_by, c.applied_by,"
    " (SELECT o.owner FROM account_owners o WHERE o.account = d.requested_by)] END"
)
"""An array of accounts, over the follow-up `f`, its delivery `d` and its emergency change `c`; with nulls."""
_JOINED: Final = (
    " LEFT JOIN deliveries d ON d.id = f.delivery_id"
    " LEFT JOIN emergency_changes c ON c.id = f.emergency_id"
)
_LOAD: Final = text(
    f"SELECT f.id, array_remove({OWNERS}, NULL) AS owners FROM follow_ups f{_JOINED}"
    " WHERE f.id = ANY (:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def load_owners(tx: Connection, ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """The owners of these follow-ups, each once."""
    rows = await tx.execute(_LOAD, {"ids": list(ids)})
    return {row.id: list(dict.fromkeys(row.owners)) for row in rows}


def owned_by(account: str) -> TextClause:
    """The condition of a query about `follow_ups` that this account is one of its owners."""
    condition = (
        f"EXISTS (SELECT FROM follow_ups f{_JOINED} WHERE f.id = follow_ups.id"
        f" AND :owner = ANY ({OWNERS}))"
    )
    return text(condition).bindparams(owner=account)
