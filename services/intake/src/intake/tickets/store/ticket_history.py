"""The history of a ticket: its entries of the audit trail, or what contacts see of them."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Integer, Uuid, bindparam, text

from common.erasure import ERASED
from common.persistence.database import Connection
from intake.reasons.domain import ERASED_REASON
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.ticket_history import HistoryEntry

_PREFIX: Final = "ticket."
# Entries of before the words stood beside the trail have them still: of an erased ticket they are not shown.
_FOR_STAFF: Final = f"""
SELECT position, a.at, a.who, behind, action, CASE
    WHEN r.words IS NOT NULL THEN grounds || jsonb_build_object('reason', r.words)
    WHEN :erased AND grounds ->> 'reason' <> '' THEN grounds || '{{"reason": "{ERASED_REASON}"}}'
    ELSE grounds END AS grounds
FROM audit a LEFT JOIN reasons r ON r.digest = a.grounds ->> 'reason'
WHERE a.subject = 'ticket/' || CAST(:ticket AS uuid)
"""
_FOR_CONTACT: Final = """
SELECT position, at, who, NULL AS behind, action, grounds FROM history_for_contact(:ticket)
WHERE true
"""
_REST: Final = " AND position > :after ORDER BY position LIMIT :rows"


async def page(
    tx: Connection, ticket: Ticket, *, is_staff: bool, after: tuple[int] | None, limit: int
) -> Sequence[HistoryEntry]:
    """Entries after a position, oldest first: `limit` and one more."""
    values = {"ticket": ticket.id, "after": after[0] if after else 0, "rows": limit + 1}
    if is_staff:
        values["erased"] = ticket.title == ERASED
    query = text((_FOR_STAFF if is_staff else _FOR_CONTACT) + _REST).bindparams(
        bindparam("ticket", type_=Uuid), bindparam("after", type_=Integer)
    )
    return [_entry(row._mapping) for row in await tx.execute(query, values)]


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(**dict(row) | {"action": row["action"].removeprefix(_PREFIX)})
