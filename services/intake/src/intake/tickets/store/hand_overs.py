"""Every query about hand-over records."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select

from common.persistence.database import Connection
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.tables import hand_overs


async def add(tx: Connection, record: HandOver) -> None:
    """Store a hand-over record."""
    await tx.execute(insert(hand_overs).values(asdict(record)))


async def list_of_ticket(tx: Connection, ticket_id: UUID) -> Sequence[HandOver]:
    """The hand-over records of a ticket, oldest first."""
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id).order_by(hand_overs.c.id)
    return [HandOver(**row._mapping) for row in await tx.execute(query)]
