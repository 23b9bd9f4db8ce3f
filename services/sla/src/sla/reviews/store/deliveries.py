"""Deliveries as delivery-gate published them: the newest state of each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection
from common.persistence.upsert import upsert
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
"""States of a delivery that has yet to take place, or to be verified."""
FINISHED_STATES = ("delivered", "rolled_back")


async def save(tx: Connection, id: UUID, customer: str, change: ChangeLine) -> None:
    """Store the newest state of a delivery. The inbox applies its events in order."""
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
    await upsert(tx, deliveries, row)


async def list_upcoming(tx: Connection, customer: str, limit: int) -> tuple[ChangeLine, ...]:
    """Deliveries that are on their way, the latest change first."""
    return await _list_in_states(tx, customer, UPCOMING_STATES, None, None, limit)


async def list_delivered(
    tx: Connection, customer: str, since: datetime, until: datetime, limit: int
) -> tuple[ChangeLine, ...]:
    """Deliveries that were delivered or rolled back in `[since, until)`, the latest first."""
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
