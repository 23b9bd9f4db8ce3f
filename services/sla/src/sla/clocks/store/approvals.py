"""Who decided on the waivers of a clock; the waivers, which know clocks, are a noun of their own."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import column, select, table

from common.persistence.database import Connection
from sla.clocks.domain.story import Approval

_TABLE = table("waivers", *map(column, ("id", "key", "decided_by", "ended_by")))


async def list_approvals(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Approval]:
    """Return key, decider and who ended it of each of these waivers."""
    rows = await tx.execute(select(_TABLE).where(_TABLE.c.id.in_(ids)))
    return {row.id: Approval(row.key, row.decided_by, row.ended_by) for row in rows}
