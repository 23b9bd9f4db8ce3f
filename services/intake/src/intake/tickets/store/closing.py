"""Whether a change request may close: it was delivered, or two people say that no environment is touched."""

from uuid import UUID

from sqlalchemy import exists, or_, select

from common.persistence.database import Connection
from intake.tickets.tables import change_requests


async def is_change_delivered(tx: Connection, ticket_id: UUID) -> bool:
    """Whether the change reached an environment, or two people have said that it touches none (R7)."""
    ended = or_(
        change_requests.c.delivered_at.is_not(None),
        change_requests.c.no_environment_confirmed_by.is_not(None),
    )
    query = select(exists().where(change_requests.c.ticket_id == ticket_id, ended))
    return bool(await tx.scalar(query))
