"""How tickets ended and began again: appended in the order of their events, several at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.persistence.database import Connection, asyncpg_connection

StateChangeKind = Literal["resolved", "rejected", "reopened", "merged"]
StateChange = tuple[UUID, int, StateChangeKind, datetime]
"""Ticket, the sequence of its event, what happened, when."""

_APPLY_CHANGES = """
WITH heard AS (
    SELECT turn.*, ticket.customer_id, ticket.ended_at IS NULL AS open,
        turn.kind IN ('resolved', 'merged') AS ends
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[])
        AS turn (ticket_id, ordinal, kind, at)
    JOIN tickets ticket ON ticket.id = turn.ticket_id
), kept AS (
    INSERT INTO ticket_turns (ticket_id, ordinal, kind, at, customer_id, change)
    SELECT ticket_id, ordinal, kind, at, customer_id,
        CASE WHEN open AND ends THEN -1 WHEN NOT open AND NOT ends THEN 1 ELSE 0 END
    FROM heard
)
UPDATE tickets SET
    ended_at = CASE WHEN ends THEN heard.at END, ended_as = CASE WHEN ends THEN heard.kind END
FROM heard WHERE id = ticket_id AND open = ends
"""


async def insert(tx: Connection, changes: Collection[StateChange]) -> None:
    """Append turns, one per ticket, and let the tickets be open or not."""
    if changes:
        columns = [list(column) for column in zip(*changes, strict=True)]
        await (await asyncpg_connection(tx)).execute(_APPLY_CHANGES, *columns)
