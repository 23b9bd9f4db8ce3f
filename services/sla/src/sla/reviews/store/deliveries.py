"""What delivery-gate tells of deliveries: the last word on each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from sla.reviews.domain.report import ChangeLine
from sla.reviews.tables import deliveries

UPCOMING_STATES = (
    "evaluating",
    "in_review",
    "approved",
    "deferred",
    "delivering",
    "verifying",
)
"""States of a delivery whose change has yet to come, or to prove itself."""
FINISHED_STATES = ("delivered", "rolled_back")


async def upsert(tx: Connection, id: UUID, customer: str, change: ChangeLine) -> None:
    """The newest word replaces the one before; the inbox sees to their order."""
    row = {
        "id": id,
        "key": change.key,
        "customer": customer,
        "product": change.product,
        "version": change.version,
        "environment": change.environment,
        "state": change.state,
        "at": change.at,
    }
    statement = insert(deliveries).values(row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


async def is_in_state(tx: Connection, id: UUID, state: str) -> bool:
    """Whether the delivery is stored in this state."""
    return bool(await tx.scalar(select(deliveries.c.state == state).where(deliveries.c.id == id)))


async def list_upcoming(tx: Connection, customer: str, limit: int) -> tuple[ChangeLine, ...]:
    """What is on its way now, the latest news first."""
    return await _list_in_states(tx, customer, UPCOMING_STATES, None, None, limit)


async def list_delivered(
    tx: Connection, customer: str, since: datetime, until: datetime, limit: int
) -> tuple[ChangeLine, ...]:
    """What was delivered or rolled back within the time."""
    return await _list_in_states(tx, customer, FINISHED_STATES, since, until, limit)


async def _list_in_states(
    tx: Connection,
    customer: str,
    states: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> tuple[ChangeLine, ...]:
    query = select(deliveries).where(
        deliveries.c.customer == customer, deliveries.c.state.in_(states)
    )
    if since is not None:
        query = query.where(deliveries.c.at >= since)
    if until is not None:
        query = query.where(deliveries.c.at < until)
    rows = await tx.execute(query.order_by(deliveries.c.at.desc(), deliveries.c.id).limit(limit))
    return tuple(
        ChangeLine(row.key, row.product, row.version, row.environment, row.state, row.at)
        for row in rows
    )
