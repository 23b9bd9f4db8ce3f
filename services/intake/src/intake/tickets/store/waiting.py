"""What waits for a second person, as one list over all kinds."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, bindparam, text

from common.persistence.database import Connection
from intake.tickets.domain.second_eyes import Waiting, WaitingKind

_WAITING: Final = """
WITH waiting (kind, id, since, first) AS (
    SELECT 'verify', id, resolved_at, resolved_by FROM tickets WHERE state = 'resolved'
    UNION ALL SELECT 'confirm_priority', id, downgrade_requested_at, downgrade_requested_by
    FROM tickets WHERE downgrade_requested_by IS NOT NULL
    UNION ALL SELECT 'confirm_classification', id, reclassification_requested_at,
        reclassification_requested_by
    FROM tickets WHERE reclassification_requested_by IS NOT NULL
    UNION ALL SELECT 'confirm_blocker', id, opened_at, opened_by FROM tickets
    WHERE priority = 'blocker' AND blocker_confirmed_by IS NULL AND environment_id IS NOT NULL
        AND state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened')
), first_persons AS (SELECT DISTINCT first FROM waiting WHERE kind = ANY (:kinds)),
theirs AS (SELECT waiting.* FROM waiting WHERE kind = ANY (:kinds) AND first <> ALL (ARRAY(
    SELECT first FROM first_persons WHERE is_one_person(:account, first))))
"""
_PAGE: Final = text(
    _WAITING
    + """
SELECT theirs.kind, theirs.id, t.number, t.title, c.key AS customer, theirs.since, theirs.first
FROM theirs JOIN tickets t USING (id) LEFT JOIN customers c ON c.id = t.customer_id
WHERE :since IS NULL OR (theirs.since, theirs.id, theirs.kind) > (:since, :id, :kind)
ORDER BY theirs.since, theirs.id, theirs.kind LIMIT :rows
"""
).bindparams(
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("account", type_=Text),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("id", type_=Uuid),
    bindparam("kind", type_=Text),
    bindparam("rows", type_=Integer),
)
_COUNTS: Final = text(_WAITING + "SELECT kind, count(*) FROM theirs GROUP BY kind").bindparams(
    bindparam("kinds", type_=ARRAY(Text)), bindparam("account", type_=Text)
)


async def page(
    tx: Connection,
    account: str,
    kinds: Collection[WaitingKind],
    after: tuple[datetime, UUID, str] | None,
    limit: int,
) -> list[Waiting]:
    """What of these kinds waits for somebody other than its first person, and so for this account too.

    The longest waiting first, after since, id and kind of another: `limit` and one more.
    """
    since, id, kind = after or (None, None, None)
    values = {"kinds": list(kinds), "account": account, "since": since, "id": id, "kind": kind}
    rows = await tx.execute(_PAGE, values | {"rows": limit + 1})
    return [Waiting(**row._mapping) for row in rows]


async def counts(
    tx: Connection, account: str, kinds: Collection[WaitingKind]
) -> dict[WaitingKind, int]:
    """How many of each kind wait for this account."""
    rows = await tx.execute(_COUNTS, {"kinds": list(kinds), "account": account})
    found: dict[WaitingKind, int] = dict.fromkeys(kinds, 0)
    return found | {kind: number for kind, number in rows}
