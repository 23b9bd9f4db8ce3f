"""Every query about customers' escalations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.customer_escalations.domain import CustomerEscalation
from intake.customer_escalations.tables import customer_escalations


async def find_open(tx: Connection, ticket_id: UUID) -> CustomerEscalation | None:
    """The escalation of a locked ticket that is not answered yet; None without one."""
    query = select(customer_escalations).where(
        customer_escalations.c.ticket_id == ticket_id,
        customer_escalations.c.answered_at.is_(None),
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else CustomerEscalation(**row._mapping)


async def page_of_ticket(
    tx: Connection, ticket_id: UUID, after: tuple[UUID] | None, limit: int
) -> Sequence[CustomerEscalation]:
    """The escalations of a ticket, newest first: `limit` and one more."""
    query = select(customer_escalations).where(customer_escalations.c.ticket_id == ticket_id)
    rows = await tx.execute(page_after(query, [customer_escalations.c.id.desc()], after, limit))
    return [CustomerEscalation(**row._mapping) for row in rows]


async def add(tx: Connection, escalation: CustomerEscalation) -> None:
    """Store a new escalation."""
    await tx.execute(insert(customer_escalations).values(_row(escalation)))


async def save(tx: Connection, escalation: CustomerEscalation) -> None:
    """Store who answers, and the answer."""
    changed = update(customer_escalations).where(customer_escalations.c.id == escalation.id)
    await tx.execute(changed.values(_row(escalation)))


def _row(escalation: CustomerEscalation) -> dict[str, Any]:
    return {name: getattr(escalation, name) for name in CustomerEscalation.__slots__}
