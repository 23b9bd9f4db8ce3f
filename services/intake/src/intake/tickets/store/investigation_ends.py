"""The end of an investigation by the end of its ticket."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from common.persistence.database import Connection
from intake.tickets.extending_tables import investigations


@dataclass(frozen=True, slots=True)
class EndedInvestigation:
    """What lasted longer than until `limit_at` owes an improvement of the monitoring."""

    id: UUID
    limit_at: datetime


async def end_open(
    tx: Connection, ticket_id: UUID, by: str, at: datetime
) -> EndedInvestigation | None:
    """End the open investigation of a locked ticket, its cause not recorded; None where there is none."""
    is_open = (investigations.c.ticket_id == ticket_id) & investigations.c.ended_at.is_(None)
    query = update(investigations).where(is_open).values(ended_by=by, ended_at=at)
    row = (
        await tx.execute(query.returning(investigations.c.id, investigations.c.limit_at))
    ).one_or_none()
    return None if row is None else EndedInvestigation(row.id, row.limit_at)
