"""Who decided on the waivers of a clock; the waivers, which know clocks, are a noun of their own."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import column, or_, select, table

from common.persistence.database import Connection
from sla.clocks.domain.story import Approval, LateApproval
from sla.clocks.domain.ticket_clock import TicketClock

_COLUMNS = ("id", "key", "decided_by", "decided_at", "ended_by", "late", "clock_id", "customer_id")
_TABLE = table("waivers", *map(column, (*_COLUMNS, "service", "starts_at", "ends_at")))


async def list_approvals(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Approval]:
    """Return key, decider and who ended it of each of these waivers."""
    rows = await tx.execute(select(_TABLE).where(_TABLE.c.id.in_(ids)))
    return {row.id: Approval(row.key, row.decided_by, row.ended_by) for row in rows}


async def list_late(tx: Connection, ticket_clock: TicketClock) -> list[LateApproval]:
    """Return the approvals that came too late: of this clock, and of a period in which it broke."""
    w, ticket = _TABLE.c, ticket_clock.ticket
    about_it = w.clock_id == ticket_clock.id
    breached_at = ticket_clock.clock.breached_at
    if breached_at is not None and ticket_clock.clock.contract == "sla":
        of_customer = (w.clock_id.is_(None)) & (w.customer_id == ticket.customer_id)
        of_service = or_(w.service.is_(None), w.service == ticket.service)
        in_period = (w.starts_at <= breached_at) & (w.ends_at > breached_at)
        about_it = or_(about_it, of_customer & of_service & in_period)
    query = select(w.key, w.decided_at, w.decided_by).where(about_it, w.late)
    rows = await tx.execute(query.order_by(w.decided_at, w.key))
    return [LateApproval(row.key, row.decided_at, row.decided_by) for row in rows]
