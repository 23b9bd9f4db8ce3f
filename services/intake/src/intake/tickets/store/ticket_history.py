"""The history of a ticket: its entries of the audit trail, or what contacts see of them."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, text

from common.persistence.database import Connection
from intake.tickets.domain.ticket_history import HistoryEntry

_PREFIX: Final = "ticket."
_FOR_STAFF: Final = """
SELECT position, at, who, behind, action, grounds FROM audit
WHERE subject = 'ticket/' || CAST(:ticket AS uuid)
"""
_FOR_CONTACT: Final = """
SELECT position, at, who, NULL AS behind, action, grounds FROM history_for_contact(:ticket)
WHERE true
"""
_REST: Final = " AND position > :after ORDER BY position LIMIT :rows"


async def page(
    tx: Connection, ticket: UUID, *, is_staff: bool, after: tuple[int] | None, limit: int
) -> Sequence[HistoryEntry]:
    """Entries after a position, oldest first: `limit` and one more."""
    query = text((_FOR_STAFF if is_staff else _FOR_CONTACT) + _REST).bindparams(
        bindparam("ticket", type_=Uuid), bindparam("after", type_=Integer)
    )
    values = {"ticket": ticket, "after": after[0] if after else 0, "rows": limit + 1}
    return [_entry(row._mapping) for row in await tx.execute(query, values)]


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(**dict(row) | {"action": row["action"].removeprefix(_PREFIX)})
