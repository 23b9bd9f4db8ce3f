"""What was asked of the GM about a customer's promises, as lines of a report."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.reviews.domain.report import WaiverLine
from sla.waivers.tables import waivers


async def list_requested_within(
    tx: Connection, customer_id: UUID, since: datetime, until: datetime, limit: int
) -> tuple[WaiverLine, ...]:
    """Up to `limit` waivers that were asked for within the time, of clocks and of whole periods."""
    query = (
        select(waivers, tickets.c.key.label("ticket"), clocks.c.metric)
        .join(clocks, clocks.c.id == waivers.c.clock_id, isouter=True)
        .join(tickets, tickets.c.id == clocks.c.ticket_id, isouter=True)
        .where(or_(clocks.c.customer_id == customer_id, waivers.c.customer_id == customer_id))
        .where(waivers.c.requested_at >= since, waivers.c.requested_at < until)
        .order_by(waivers.c.requested_at, waivers.c.id)
    )
    return tuple(_to_line(row) for row in await tx.execute(query.limit(limit)))


async def keys_by_id(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """What people call these waivers."""
    rows = await tx.execute(select(waivers.c.id, waivers.c.key).where(waivers.c.id.in_(ids)))
    return {row.id: row.key for row in rows}


def _to_line(row: Row[Any]) -> WaiverLine:
    return WaiverLine(
        row.key,
        row.ticket or row.service or "every service",
        row.metric,
        row.reason,
        row.state,
        row.late,
        row.requested_at,
        row.decided_at,
    )
