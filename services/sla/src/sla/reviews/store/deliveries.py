"""What delivery-gate tells of deliveries: the last word on each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from sla.reviews.domain.report import ChangeLine
from sla.reviews.tables import deliveries

COMING = (
    "evaluating",
    "in_review",
    "approved",
    "deferred",
    "delivering",
    "verifying",
)
"""States of a delivery whose change has yet to come, or to prove itself."""
CAME = ("delivered", "rolled_back")


async def keep(tx: Connection, id: UUID, customer: str, told: ChangeLine) -> None:
    """The newest word replaces the one before; the inbox sees to their order."""
    row = {
        "id": id,
        "key": told.key,
        "customer": customer,
        "product": told.product,
        "version": told.version,
        "environment": told.environment,
        "state": told.state,
        "at": told.at,
    }
    added = insert(deliveries).values(row)
    await tx.execute(added.on_conflict_do_update(index_elements=["id"], set_=row))


async def upcoming(tx: Connection, customer: str, limit: int) -> tuple[ChangeLine, ...]:
    """What is on its way now, the latest news first."""
    return await _listed(tx, customer, COMING, None, None, limit)


async def delivered(
    tx: Connection, customer: str, since: datetime, until: datetime, limit: int
) -> tuple[ChangeLine, ...]:
    """What was delivered or rolled back within the time."""
    return await _listed(tx, customer, CAME, since, until, limit)


async def _listed(
    tx: Connection,
    customer: str,
    states: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> tuple[ChangeLine, ...]:
    listed = select(deliveries).where(
        deliveries.c.customer == customer, deliveries.c.state.in_(states)
    )
    if since is not None:
        listed = listed.where(deliveries.c.at >= since)
    if until is not None:
        listed = listed.where(deliveries.c.at < until)
    rows = await tx.execute(listed.order_by(deliveries.c.at.desc(), deliveries.c.id).limit(limit))
    return tuple(
        ChangeLine(row.key, row.product, row.version, row.environment, row.state, row.at)
        for row in rows
    )
