"""Summaries of a customer's waivers, and the keys of waivers, for reports."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.waivers.tables import waivers


@dataclass(frozen=True, slots=True)
class WaiverSummary:
    """`about`: the key of a ticket, or for a period its service; a period has no `metric`."""

    id: UUID
    key: str
    about: str
    metric: str | None
    reason: str
    state: str
    late: bool
    requested_at: datetime
    decided_at: datetime | None


async def list_of_month(
    tx: Connection,
    customer_id: UUID,
    span: tuple[datetime, datetime],
    covering: Collection[UUID],
    limit: int,
) -> tuple[WaiverSummary, ...]:
    """List up to `limit` waivers, of clocks and over periods: those with the ids `covering` first, then
    those requested in the span."""
    requested = (waivers.c.requested_at >= span[0]) & (waivers.c.requested_at < span[1])
    query = (
        select(waivers, tickets.c.key.label("ticket"), clocks.c.metric)
        .join(clocks, clocks.c.id == waivers.c.clock_id, isouter=True)
        .join(tickets, tickets.c.id == clocks.c.ticket_id, isouter=True)
        .where(or_(clocks.c.customer_id == customer_id, waivers.c.customer_id == customer_id))
        .where(or_(requested, waivers.c.id.in_(covering)))
        .order_by(waivers.c.id.in_(covering).desc(), waivers.c.requested_at, waivers.c.id)
    )
    return tuple(_to_summary(row) for row in await tx.execute(query.limit(limit)))


async def keys_by_id(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the keys of these waivers, such as `WVR-17`, by id."""
    rows = await tx.execute(select(waivers.c.id, waivers.c.key).where(waivers.c.id.in_(ids)))
    return {row.id: row.key for row in rows}


def _to_summary(row: Row[Any]) -> WaiverSummary:
    return WaiverSummary(
        row.id,
        row.key,
        row.ticket or row.service or "every service",
        row.metric,
        row.reason,
        row.state,
        row.late,
        row.requested_at,
        row.decided_at,
    )
