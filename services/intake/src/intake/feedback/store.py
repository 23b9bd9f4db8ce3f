"""Every query about what contacts said of resolved tickets."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select

from common.persistence.database import Connection
from intake.feedback.domain import Feedback
from intake.feedback.tables import ticket_feedback

MAX_SHOWN: Final = 200


async def add(tx: Connection, feedback: Feedback) -> None:
    """Store what a contact said."""
    values = {name: getattr(feedback, name) for name in Feedback.__slots__}
    await tx.execute(insert(ticket_feedback).values(values))


async def list_of_ticket(tx: Connection, ticket_id: UUID) -> Sequence[Feedback]:
    """What contacts said about a ticket, newest first."""
    query = select(ticket_feedback).where(ticket_feedback.c.ticket_id == ticket_id)
    rows = await tx.execute(query.order_by(ticket_feedback.c.id.desc()).limit(MAX_SHOWN))
    return [Feedback(**row._mapping) for row in rows]
