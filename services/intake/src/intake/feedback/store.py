"""Every query about what contacts said of resolved tickets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, select

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.feedback.domain import Feedback
from intake.feedback.tables import ticket_feedback


async def add(tx: Connection, feedback: Feedback) -> None:
    """Store what a contact said."""
    values = {name: getattr(feedback, name) for name in Feedback.__slots__}
    await tx.execute(insert(ticket_feedback).values(values))


async def page_of_ticket(
    tx: Connection, ticket_id: UUID, after: tuple[UUID] | None, limit: int
) -> Sequence[Feedback]:
    """What contacts said about a ticket, newest first: `limit` and one more."""
    query = select(ticket_feedback).where(ticket_feedback.c.ticket_id == ticket_id)
    rows = await tx.execute(page_after(query, [ticket_feedback.c.id.desc()], after, limit))
    return [Feedback(**row._mapping) for row in rows]
