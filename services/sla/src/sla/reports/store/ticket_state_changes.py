"""The state changes of tickets: ended, or open again. Appended in the order of their events."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.persistence.bulk import execute_many
from common.persistence.database import Connection

StateChangeKind = Literal["resolved", "rejected", "reopened", "merged", "unmerged"]
StateChange = tuple[UUID, int, StateChangeKind, datetime]
"""The ticket, the sequence of its event, the kind of change, and its instant."""

_APPLY_CHANGES = """
WITH reported AS (
    SELECT state_change.*, ticket.customer_id, ticket.ended_at IS NULL AS open,
        state_change.kind IN ('resolved', 'merged') AS ends
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[])
        AS state_change (ticket_id, ordinal, kind, at)
    JOIN tickets ticket ON ticket.id = state_change.ticket_id
), stored AS (
    INSERT INTO ticket_state_changes (ticket_id, ordinal, kind, at, customer_id, change)
    SELECT ticket_id, ordinal, kind, at, customer_id,
        CASE WHEN open AND ends THEN -1 WHEN NOT open AND NOT ends THEN 1 ELSE 0 END
    FROM reported
)
UPDATE tickets SET
    ended_at = CASE WHEN ends THEN reported.at END, ended_as = CASE WHEN ends THEN reported.kind END
FROM reported WHERE id = ticket_id AND open = ends
"""


async def insert(tx: Connection, changes: Collection[StateChange]) -> None:
    """Append changes, one per ticket, and store whether the tickets are open."""
    await execute_many(tx, _APPLY_CHANGES, list(changes))
